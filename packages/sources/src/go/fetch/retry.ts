import { retry } from '@image-tooling/host';
import type { Failed, Result } from '@image-tooling/model';
import { isLasting } from '../go-messages';

/** Seconds before a second and a third attempt; a registry that is down for longer is reported. */
const PAUSES = [1, 5];
const WORTH_ANOTHER_TRY = new Set(['network', 'timeout']);

/** Runs `attempt` again after a network failure that may be temporary. Fetched modules are kept. */
export async function withRetries<T>(
  signal: AbortSignal,
  attempt: () => Promise<Result<T>>,
  pauses: readonly number[] = PAUSES,
): Promise<Result<T>> {
  const pause = (result: Result<T>, tries: number): number | undefined =>
    result.ok || signal.aborted || !mayPass(result) ? undefined : pauses[tries - 1];
  return (await retry(attempt, pause, signal)).outcome;
}

function mayPass({ failures: [failure] }: Failed): boolean {
  return WORTH_ANOTHER_TRY.has(failure.code) && !isLasting(failure);
}
