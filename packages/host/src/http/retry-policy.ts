import { isUntrusted } from '../network';
import type { HttpTimings } from './timings';
import { isAnswer, type HttpRequest, type Method, type Outcome, type RequestError } from './types';

/** Methods that may be sent twice: the idempotent ones (RFC 9110 section 9.2.2). A request may differ. */
const REPEATABLE_METHODS: Readonly<Record<Method, boolean>> = {
  GET: true,
  HEAD: true,
  PUT: true,
  DELETE: true,
  POST: false,
  PATCH: false,
};

/**
 * Statuses below 500 after which the same request may succeed in a moment: 408 and 429 as oras-go has it
 * (registry/remote/retry/policy.go, DefaultPredicate), and 425 (RFC 8470 section 5.2).
 */
const PASSING_STATUSES = new Set([408, 425, 429]);

/** Statuses from 500 on that are not retried: unknown method, unknown version, full disk. */
const LASTING_STATUSES = new Set([501, 505, 507]);

/** Error codes (libuv, OpenSSL, undici) of permanent errors. */
const LASTING_ERRORS = new Set([
  'ENOTFOUND',
  'EPROTO',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

/** Error codes of failures before a request is sent: any request may then be sent again. */
const UNSENT_ERRORS = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPROTO',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Returns whether an error code is permanent, and whether the request was sent. An untrusted certificate is permanent,
 * and nothing was sent.
 */
export function afterError(code: string): Pick<RequestError, 'lasting' | 'mayHaveActed'> {
  const untrusted = isUntrusted(code);
  return {
    mayHaveActed: !untrusted && !UNSENT_ERRORS.has(code),
    ...((untrusted || LASTING_ERRORS.has(code)) && { lasting: true }),
  };
}

/** Whether a request may be sent twice. */
export function isRepeatable({ repeatable, method }: Pick<HttpRequest, 'repeatable' | 'method'>): boolean {
  return repeatable ?? REPEATABLE_METHODS[method];
}

/** Whether a status is temporary. */
export function isPassing(status: number): boolean {
  return PASSING_STATUSES.has(status) || (status >= 500 && !LASTING_STATUSES.has(status));
}

/** Returns the maximum number of attempts after such a failure: each time-out may have taken minutes. */
export function mostTries(timings: Pick<HttpTimings, 'tries' | 'timeoutTries'>, code?: string): number {
  return code === 'timeout' ? Math.min(timings.tries, timings.timeoutTries) : timings.tries;
}

/** Whether to send a request again after an outcome. `failedTries` counts from 1. */
export function isRetried(
  outcome: Outcome,
  request: Pick<HttpRequest, 'method' | 'repeatable' | 'answerIfDone'>,
  timings: Pick<HttpTimings, 'tries' | 'timeoutTries' | 'longestAskedWaitSeconds'>,
  failedTries: number,
): boolean {
  const wasSent = !isAnswer(outcome) && outcome.mayHaveActed;
  if (failedTries >= mostTries(timings, wasSent ? outcome.code : undefined)) return false;
  const mayRepeat = isRepeatable(request) || request.answerIfDone !== undefined;
  if (isAnswer(outcome)) {
    const isTaken = outcome.status !== 429;
    const tooLong = (askedWait(outcome.headers) ?? 0) > timings.longestAskedWaitSeconds;
    return isPassing(outcome.status) && (mayRepeat || !isTaken) && !tooLong;
  }
  if (outcome.code === 'aborted' || outcome.lasting === true) return false;
  if (!outcome.mayHaveActed) return true;
  return mayRepeat;
}

/** Whether a request with this outcome may have taken effect. */
export function mayHaveActed(outcome: Outcome): boolean {
  return isAnswer(outcome) ? outcome.status !== 429 : outcome.mayHaveActed;
}

type BackoffTimings = Pick<HttpTimings, 'backoffSeconds' | 'shortestWaitSeconds' | 'longestWaitSeconds'>;

/**
 * Returns the seconds to wait before the next attempt, with a jitter of 10 % (oras-go: DefaultBackoff,
 * GenericPolicy.Retry). `failedTries` counts from 1, `chance` is 0 to 1.
 */
export function backoff(timings: BackoffTimings, failedTries: number, chance: number): number {
  const seconds = timings.backoffSeconds * 2 ** (failedTries - 1) * (0.9 + 0.2 * chance);
  return Math.min(Math.max(seconds, timings.shortestWaitSeconds), timings.longestWaitSeconds);
}

/**
 * Returns the seconds to wait that an answer asks for (Retry-After, RFC 9110 section 10.2.3: seconds or a date);
 * undefined if it does not. A date is compared with the answer's own Date, because this machine's clock may be wrong.
 */
export function askedWait(headers: Readonly<Record<string, string>>): number | undefined {
  const asked = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(asked)) return Number(asked);
  // Date.parse accepts "-1" as a date.
  const then = asked.endsWith(' GMT') ? Date.parse(asked) : NaN;
  if (Number.isNaN(then)) return undefined;
  const now = Date.parse(headers['date'] ?? '');
  return Math.max(0, (then - (Number.isNaN(now) ? Date.now() : now)) / 1000);
}
