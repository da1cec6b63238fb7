import { retry } from '@image-tooling/host';
import type { Failed, Result } from '@image-tooling/model';

/** Seconds before a second and a third attempt; a registry that is down for longer is reported. */
const PAUSES = [1, 5];
const WORTH_ANOTHER_TRY = new Set(['network', 'timeout']);
const REFUSED = /\b(?:404 Not Found|410 Gone|401 |403 |407 )|x509|module lookup disabled|no such file/;

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
  const refused = failure.details?.some((line) => REFUSED.test(line)) ?? false;
  return WORTH_ANOTHER_TRY.has(failure.code) && !refused;
}
