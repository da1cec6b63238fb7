import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '@image-tooling/model';
import type { RegistryAnswer } from './types';
import { isAnswer, type Outcome } from './attempt';
import { discard } from '../answers/read';
import type { Conversation, WireRequest } from './conversation';
import { caughtSource } from './source-fault';
import { rateLimit } from '../answers/rate-limit';
import { follow } from './redirects';
import { askedWait, backoff, isRetried } from './retry-policy';
import { failureOf } from './trouble';

/** A shorter wait is no news. */
const NOTED_SECONDS = 2;

/**
 * Sends a request, and again after a passing fault. Gives any answer but 429; fails with `network`, `timeout`,
 * `aborted`, `rate-limit`, or as the request's own body does.
 */
export async function exchange(
  conversation: Conversation,
  request: WireRequest,
): Promise<Result<RegistryAnswer>> {
  return caughtSource(() => tries(conversation, request));
}

async function tries(conversation: Conversation, request: WireRequest): Promise<Result<RegistryAnswer>> {
  const { timings, seams, signal } = conversation;
  for (let count = 1; ; count++) {
    const outcome = await follow(conversation, request);
    const asked = isAnswer(outcome) ? askedWait(outcome.headers) : undefined;
    const goesOn =
      isRetried(outcome, request, count) &&
      count < timings.tries &&
      (asked ?? 0) <= timings.longestAskedWaitSeconds;
    if (!goesOn) return settled(outcome, request, count);
    if (isAnswer(outcome)) await discard(outcome);
    const seconds = Math.max(asked ?? 0, backoff(timings, count, seams.random()));
    if (seconds > NOTED_SECONDS) conversation.note(waitWords(request, outcome, seconds));
    await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

async function settled(
  outcome: Outcome,
  request: WireRequest,
  count: number,
): Promise<Result<RegistryAnswer>> {
  if (!isAnswer(outcome)) return fail(failureOf(outcome, request.purpose, request.url.host, count));
  return outcome.status === 429 ? fail(await rateLimit(outcome, request.purpose)) : ok(outcome);
}

function waitWords({ url, purpose }: WireRequest, outcome: Outcome, seconds: number): string {
  const why = isAnswer(outcome) ? `answered ${outcome.status}` : outcome.words;
  return `${url.host} ${why}: waiting ${Math.ceil(seconds)} s to ${purpose}`;
}
