/**
 * A signal that is aborted by the first Ctrl-C, hang-up or SIGTERM; a second one ends the process at once.
 */
export function abortOnSignals(from: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>): {
  readonly signal: AbortSignal;
  /** Aborts it. */
  stop(): void;
  end(): void;
} {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) from.exit(130);
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) from.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    end: () => names.forEach((name) => from.off(name, onSignal)),
  };
}
