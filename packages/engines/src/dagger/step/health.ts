import { setTimeout as sleep } from 'node:timers/promises';
import type { DaggerSession } from '../session';
import { ask } from '../query/ask';

/** How often to ping the engine while a step runs, and how long it may be silent. */
export interface HealthTimes {
  readonly everyMs: number;
  readonly answerMs: number;
  readonly silenceMs: number;
}

export const HEALTH_TIMES: HealthTimes = { everyMs: 3000, answerMs: 5000, silenceMs: 30_000 };

/**
 * Asks the engine for its version repeatedly until `signal` aborts. Calls `onGone` once: when nothing
 * listens, after two unusable answers in a row, or when it is silent for too long.
 */
export async function watchHealth(
  session: DaggerSession,
  signal: AbortSignal,
  onGone: (cause: string) => void,
  { everyMs, answerMs, silenceMs }: HealthTimes = HEALTH_TIMES,
): Promise<void> {
  let lastSeen = performance.now();
  let wrong = 0;
  const isOver = (): boolean => signal.aborted;
  for (;;) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    const answer = signal.aborted ? undefined : await ask(session, signal, answerMs);
    if (answer === undefined || isOver()) return;
    if (answer.kind === 'version') lastSeen = performance.now();
    wrong = answer.kind === 'wrong' ? wrong + 1 : 0;
    const silent = performance.now() - lastSeen > silenceMs;
    if (answer.kind === 'version' || !(silent || answer.kind === 'gone' || wrong > 1)) continue;
    onGone(answer.cause);
    return;
  }
}
