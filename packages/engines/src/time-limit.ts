export interface TimeLimit {
  /** Aborted when the time is up, or with the signal it was made from. */
  readonly signal: AbortSignal;
  /** Call this when the work is done. */
  end(): void;
}

/**
 * Returns a signal with a time limit. In Node 20 `AbortSignal.any` of an `AbortSignal.timeout` may be
 * collected as garbage before it fires (seen in these tests: a request that never ended), so this uses a
 * timer.
 */
export function timeLimit(milliseconds: number, signal?: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, milliseconds);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}
