/** Time limits and retries of an HTTP client. All in seconds, but for the rate and the counts. */
export interface HttpTimings {
  /** To a connection, TLS included. */
  readonly connectSeconds: number;
  /** From the request of a read, or of an upload's beginning, to the beginning of its answer; connection included. */
  readonly readAnswerSeconds: number;
  /** The same for a write, from its last byte: a registry may move a whole blob in this time. */
  readonly writeAnswerSeconds: number;
  /** Without a byte of an answer, or without taking a byte of an upload. */
  readonly stallSeconds: number;
  /** The rate is measured over so much waiting for the network. */
  readonly slowSeconds: number;
  /** Bytes a second; a stream below this rate is ended. */
  readonly leastBytesPerSecond: number;
  /** Tries of a request, the first one included. */
  readonly tries: number;
  /** Tries that may end by a time-out: each may have cost minutes. */
  readonly timeoutTries: number;
  /** Wait after the first failed try; doubles with each further one. */
  readonly backoffSeconds: number;
  readonly shortestWaitSeconds: number;
  /** Longest wait between two tries, where the server asks for none. */
  readonly longestWaitSeconds: number;
  /** A longer wait that a server asks for (Retry-After) ends the tries. */
  readonly longestAskedWaitSeconds: number;
}

/** Of downloads: long enough for a mirror that is busy, short enough for a user who waits. A slow mirror is better than none. */
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
