import { setTimeout as sleep } from 'node:timers/promises';
import { spanText } from '@image-tooling/model';
import { attempt, isRefusal, type AttemptOptions, type Expected, type Received, type Sink } from './attempt';
import { AbortedDownload } from './patience';
import type { DeadServers } from './dead-servers';
import type { Refusal } from './refusal';
import type { Refused } from './unavailable';
import { backoff, retryAfterSeconds } from './timings';

/** A sink that can forget what it was given. */
export interface Target extends Sink {
  restart(): Promise<void>;
}

export interface PlaceOptions extends AttemptOptions {
  readonly dead: DeadServers;
}

type Request = Expected & { readonly urls: readonly string[] };

/** The bytes from the first address that has them, or why each of them refused. */
export async function tryPlaces(
  request: Request,
  target: Target,
  options: PlaceOptions,
): Promise<(Received & { url: string }) | Refused[]> {
  const refused: Refused[] = [];
  for (const url of request.urls) {
    const outcome = options.dead.refusal(url) ?? (await tryPlace(url, request, target, options));
    if (!isRefusal(outcome)) return { ...outcome, url };
    if (outcome.unreachable) options.dead.remember(url, outcome);
    refused.push({ url, ...outcome });
  }
  return refused;
}

async function tryPlace(
  url: string,
  expected: Expected,
  target: Target,
  options: PlaceOptions,
): Promise<Received | Refusal> {
  for (let tries = 1; ; tries++) {
    let received = 0;
    const onBytes = (count: number): void => {
      received += count;
      options.onBytes?.(count);
    };
    const outcome = await attempt(url, target, expected, { ...options, onBytes });
    if (!isRefusal(outcome)) return outcome;
    await target.restart();
    if (received > 0) options.onBytes?.(-received);
    const asked = retryAfterSeconds(outcome.retryAfter ?? '', new Date());
    if (asked !== undefined && asked > options.timings.longestAskedWaitSeconds)
      return afterTries(asksToWait(outcome, asked), tries);
    if (!outcome.retry || tries >= options.timings.tries) return afterTries(outcome, tries);
    await pause(asked ?? backoff(options.timings, tries), options.signal);
  }
}

/** The next file need not ask it again either. */
function asksToWait(outcome: Refusal, seconds: number): Refusal {
  return { ...outcome, reason: `${outcome.reason}, retry after ${spanText(seconds)}`, unreachable: true };
}

function afterTries(outcome: Refusal, tries: number): Refusal {
  return tries === 1 ? outcome : { ...outcome, reason: `${outcome.reason}; tried ${tries} times` };
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch {
    throw new AbortedDownload();
  }
}
