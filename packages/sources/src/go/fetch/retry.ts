import { setTimeout as sleep } from 'node:timers/promises';
import type { Result } from '@image-tooling/model';

/** Pauses before a second and a third attempt; a registry that is down for longer is reported. */
const PAUSES_MS = [1_000, 5_000];
const WORTH_ANOTHER_TRY = new Set(['network', 'timeout']);
const REFUSED = /\b(?:404 Not Found|410 Gone|401 |403 |407 )|x509|module lookup disabled|no such file/;

/** Runs `attempt` again where a network failure may pass by itself. Modules that were fetched are kept. */
export async function withRetries<T>(
  signal: AbortSignal,
  attempt: () => Promise<Result<T>>,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<Result<T>> {
  let result = await attempt();
  for (const pause of pausesMs) {
    if (result.ok || signal.aborted || !mayPass(result)) return result;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    result = await attempt();
  }
  return result;
}

function mayPass(result: Exclude<Result<unknown>, { ok: true }>): boolean {
  const [failure] = result.failures;
  const refused = failure.details?.some((line) => REFUSED.test(line)) ?? false;
  return WORTH_ANOTHER_TRY.has(failure.code) && !refused;
}
