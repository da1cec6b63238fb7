/** Time limits and retries of an HTTP client. All in seconds, except the rate and the counts. */
export interface HttpTimings {
  /** Until a connection is open, including TLS. */
  readonly connectSeconds: number;
  /** From a read request, or from opening an upload, to the beginning of the answer; including the connection. */
  readonly readAnswerSeconds: number;
  /** The same for a write, from its last byte: a registry may move a whole blob in this time. */
  readonly writeAnswerSeconds: number;
  /** Without a received byte of an answer, or an accepted byte of an upload. */
  readonly stallSeconds: number;
  /** The waiting time over which the rate is measured. */
  readonly slowSeconds: number;
  /** Bytes per second; a stream below this rate is ended. */
  readonly leastBytesPerSecond: number;
  /** Attempts of a request, including the first one. */
  readonly tries: number;
  /** Attempts that may time out: each may take minutes. */
  readonly timeoutTries: number;
  /** Wait after the first failed attempt; doubles with each further one. */
  readonly backoffSeconds: number;
  readonly shortestWaitSeconds: number;
  /** Longest wait between two attempts, unless the server asks for another. */
  readonly longestWaitSeconds: number;
  /** If a server asks for a longer wait (Retry-After), there is no retry. */
  readonly longestAskedWaitSeconds: number;
}

/**
 * Timings of downloads: long enough for a busy mirror, short enough for a user who waits. A slow mirror is better than
 * none.
 */
export const DOWNLOAD_TIMINGS: HttpTimings = {
  connectSeconds: 15,
  readAnswerSeconds: 15,
  writeAnswerSeconds: 15,
  stallSeconds: 30,
  slowSeconds: 30,
  leastBytesPerSecond: 0,
  tries: 4,
  timeoutTries: Infinity,
  backoffSeconds: 0.5,
  shortestWaitSeconds: 0,
  longestWaitSeconds: 30,
  longestAskedWaitSeconds: 60,
};
