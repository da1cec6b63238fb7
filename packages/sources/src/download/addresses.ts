import { backoff, mostTries, retry, type HttpTimings } from '@image-tooling/host';
import { spanText } from '@image-tooling/model';
import { attempt, isRefusal, type AttemptOptions, type Expected, type Received, type Sink } from './attempt';
import type { DeadServers } from './dead-servers';
import type { Refusal } from './refusal';
import type { Refused } from './unavailable';

/** A sink that can discard what was written. */
export interface Target extends Sink {
  restart(): Promise<void>;
}

export interface AddressOptions extends AttemptOptions {
  readonly timings: HttpTimings;
  readonly dead: DeadServers;
}

type Request = Expected & { readonly urls: readonly string[] };

/** Returns the bytes from the first address that has them, or the refusals of all. */
export async function tryAddresses(
  request: Request,
  target: Target,
  options: AddressOptions,
): Promise<(Received & { url: string }) | Refused[]> {
  const refused: Refused[] = [];
  for (const url of request.urls) {
    const outcome = options.dead.refusal(url) ?? (await tryAddress(url, request, target, options));
    if (!isRefusal(outcome)) return { ...outcome, url };
    if (outcome.unreachable) options.dead.remember(url, outcome);
    refused.push({ url, ...outcome });
  }
  return refused;
}

async function tryAddress(
  url: string,
  expected: Expected,
  target: Target,
  options: AddressOptions,
): Promise<Received | Refusal> {
  const { outcome, tries } = await retry(
    () => tryOnce(url, expected, target, options),
    (outcome, tries) => (isRefusal(outcome) ? pauseAfter(outcome, options.timings, tries) : undefined),
    options.signal,
  );
  if (!isRefusal(outcome)) return outcome;
  const refusal = isTooLong(outcome, options.timings) ? asksToWait(outcome) : outcome;
  return tries === 1 ? refusal : { ...refusal, reason: `${refusal.reason}; tried ${tries} times` };
}

/** Tries once; discards all bytes of a failed try. */
async function tryOnce(
  url: string,
  expected: Expected,
  target: Target,
  options: AddressOptions,
): Promise<Received | Refusal> {
  let received = 0;
  const onBytes = (count: number): void => {
    received += count;
    options.onBytes?.(count);
  };
  const outcome = await attempt(url, target, expected, { ...options, onBytes });
  if (!isRefusal(outcome)) return outcome;
  await target.restart();
  if (received > 0) options.onBytes?.(-received);
  return outcome;
}

function pauseAfter(refusal: Refusal, timings: HttpTimings, tries: number): number | undefined {
  if (!refusal.retry || isTooLong(refusal, timings) || tries >= mostTries(timings, refusal.code))
    return undefined;
  return Math.max(refusal.askedSeconds ?? 0, backoff(timings, tries, Math.random()));
}

function isTooLong({ askedSeconds = 0 }: Refusal, { longestAskedWaitSeconds }: HttpTimings): boolean {
  return askedSeconds > longestAskedWaitSeconds;
}

/** So that the next file does not try it either. */
function asksToWait(outcome: Refusal): Refusal {
  const reason = `${outcome.reason}, retry after ${spanText(outcome.askedSeconds ?? 0)}`;
  return { ...outcome, reason, unreachable: true };
}
