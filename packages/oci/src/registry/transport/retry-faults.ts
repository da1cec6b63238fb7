import { backoff, retry } from '@image-tooling/host';
import type { Context } from '../context';
import { DEFAULT_TIMINGS, type RegistryTimings } from '../options';

/** The outcome of work: its value, or its error. */
export type Attempt<T> = { readonly value: T } | { readonly error: unknown };

export function attempted<T>(work: Promise<T>): Promise<Attempt<T>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/**
 * Runs `attempt` until it returns a value, or an error for which `pause` returns undefined. Throws that error, and
 * errors that `attempt` throws.
 */
export async function retryFaults<T>(
  { options }: Context,
  attempt: (tries: number) => Promise<Attempt<T>>,
  pause: (error: unknown, tries: number) => number | undefined | Promise<number | undefined>,
): Promise<T> {
  const pauseAfter = (outcome: Attempt<T>, tries: number) =>
    'error' in outcome ? pause(outcome.error, tries) : undefined;
  const { outcome } = await retry(attempt, pauseAfter, options.signal);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** Returns the seconds to wait after `failedTries` failed attempts. */
export function pauseSeconds(context: Context, failedTries: number): number {
  return backoff(timingsOf(context), failedTries, Math.random());
}

/** Returns the time limits of a repository's client. */
export function timingsOf({ options }: Context): RegistryTimings {
  return { ...DEFAULT_TIMINGS, ...options.timings };
}
