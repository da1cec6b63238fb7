export { openHttpClient, type HttpClient, type HttpClientOptions } from './client';
export { discardBody } from './discard';
export { withoutLogin } from './follow';
export { isDowngrade, redirected } from './redirects';
export { RequestFailed } from './request-errors';
export { retry, type Tried } from './retry';
export { askedWait, backoff, isPassing, isRetried, mostTries } from './retry-policy';
export { IdleTimeout } from './timeouts';
export { DOWNLOAD_TIMINGS, type HttpTimings } from './timings';
export {
  isAnswer,
  type Exchange,
  type HttpAnswer,
  type HttpRequest,
  type Method,
  type Outcome,
  type RequestBody,
  type RequestError,
} from './types';
