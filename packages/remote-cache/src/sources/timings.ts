import { DOWNLOAD_TIMINGS, type HttpTimings } from '@image-tooling/host';

/**
 * Limits for a cache: a result that comes later than it could be built is worthless. One retry, since a kept connection
 * may have been closed by the server.
 */
export const CACHE_TIMINGS: HttpTimings = {
  ...DOWNLOAD_TIMINGS,
  connectSeconds: 2,
  readAnswerSeconds: 3,
  writeAnswerSeconds: 5,
  stallSeconds: 5,
  slowSeconds: 10,
  leastBytesPerSecond: 131_072,
  tries: 2,
  timeoutTries: 1,
  backoffSeconds: 0.1,
  longestWaitSeconds: 1,
  longestAskedWaitSeconds: 1,
};
