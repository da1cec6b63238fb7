import { setTimeout as sleep } from 'node:timers/promises';

/** The outcome of the last attempt, and the number of attempts. */
export interface Tried<T> {
  readonly outcome: T;
  readonly tries: number;
}

/**
 * Runs `attempt` until `pause` returns no seconds to wait. The only retry loop of this program. An abort ends the
 * wait: the next attempt must check the signal.
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
