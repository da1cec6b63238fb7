import type { RegistryTimings } from '../options';
import { isAnswer, type Outcome } from './attempt';
import type { WireRequest } from './conversation';

/**
 * Statuses after which the same request may do better in a moment: 408, 429 and those from 500 on, as oras-go has it
 * (registry/remote/retry/policy.go, DefaultPredicate).
 */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && !LASTING.has(status));
}

/** Of those: no such method, no such version, and a disk that is full stays full. */
const LASTING = new Set([501, 505, 507]);

/**
 * How often something that came to no end in its time is tried in all. Each try may have cost minutes already: with
 * the default timings a registry that takes connections but answers nothing is given up after 80 s on a read, after
 * 11 minutes on a write. (One that takes no connections, after six tries of 10 s: nothing was sent in them.) Every
 * loop of tries keeps to it, so that tries within tries don't multiply.
 */
export const TIMEOUT_TRIES = 2;

/** Whether to send a request again after what came of it. `failedTries` counts from 1. */
export function isRetried(
  outcome: Outcome,
  { repeatable }: Pick<WireRequest, 'repeatable'>,
  failedTries = 1,
): boolean {
  if (isAnswer(outcome)) return outcome.status === 429 || (repeatable && isPassing(outcome.status));
  if (outcome.code === 'aborted' || outcome.lasting === true) return false;
  if (!outcome.mayHaveActed) return true;
  return repeatable && (outcome.code !== 'timeout' || failedTries < TIMEOUT_TRIES);
}

/**
 * Seconds to wait before the next try, with a jitter of 10 % (oras-go: DefaultBackoff, GenericPolicy.Retry).
 * `failedTries` counts from 1, `chance` is 0 to 1.
 */
export function backoff(timings: RegistryTimings, failedTries: number, chance: number): number {
  const seconds = timings.backoffSeconds * 2 ** (failedTries - 1) * (0.9 + 0.2 * chance);
  return Math.min(Math.max(seconds, timings.shortestWaitSeconds), timings.longestWaitSeconds);
}

/**
 * Seconds that an answer asks to wait (Retry-After, RFC 9110 section 10.2.3: seconds or a date); undefined where it
 * does not. A date is read against the answer's own Date, so that this machine's clock may be wrong.
 */
export function askedWait(headers: Readonly<Record<string, string>>): number | undefined {
  const asked = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(asked)) return Number(asked);
  // Date.parse takes "-1" for a date as well.
  const then = asked.endsWith(' GMT') ? Date.parse(asked) : NaN;
  if (Number.isNaN(then)) return undefined;
  const now = Date.parse(headers['date'] ?? '');
  return Math.max(0, (then - (Number.isNaN(now) ? Date.now() : now)) / 1000);
}
