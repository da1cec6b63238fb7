/** How patient a download is. All in seconds. */
export interface HttpTimings {
  /** From the request to the response's headers. */
  readonly connectSeconds: number;
  /** Without a single byte of the body. */
  readonly stallSeconds: number;
  /** Tries at one address, the first one included. */
  readonly tries: number;
  /** Wait after the first failed try; doubles with each further one. */
  readonly backoffSeconds: number;
  /** Longest wait between two tries, where the server asks for none. */
  readonly longestWaitSeconds: number;
  /** A longer wait that a server asks for (Retry-After) ends the tries at its address. */
  readonly longestAskedWaitSeconds: number;
}

/** Patient enough for a mirror that is busy, short enough for a person who waits. */
export const DEFAULT_TIMINGS: HttpTimings = {
  connectSeconds: 15,
  stallSeconds: 30,
  tries: 4,
  backoffSeconds: 0.5,
  longestWaitSeconds: 30,
  longestAskedWaitSeconds: 60,
};

/** Seconds to wait before the next try where the server asks for none: exponential. `failedTries` counts from 1. */
export function backoff(timings: HttpTimings, failedTries: number): number {
  return Math.min(timings.backoffSeconds * 2 ** (failedTries - 1), timings.longestWaitSeconds);
}

/** Seconds that a Retry-After header asks to wait (RFC 9110 section 10.2.3: seconds or a date). */
export function retryAfterSeconds(header: string, now: Date): number | undefined {
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}
