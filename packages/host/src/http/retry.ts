import { setTimeout as sleep } from 'node:timers/promises';

/** What came of the last try, and how many there were. */
export interface Tried<T> {
  readonly outcome: T;
  readonly tries: number;
}

/**
 * Runs `attempt` until `pause` gives no seconds to wait before another one. Every retry of this program is made here.
 * An abort ends the wait: the attempt after it has to notice the signal.
 */
export async function retry<T>(
  attempt: (tries: number) => Promise<T>,
  pause: (outcome: T, tries: number) => number | undefined | Promise<number | undefined>,
  signal: AbortSignal,
): Promise<Tried<T>> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(tries);
    const seconds = await pause(outcome, tries);
    if (seconds === undefined) return { outcome, tries };
    await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}
