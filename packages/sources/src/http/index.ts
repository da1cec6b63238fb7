export { createHttpClient, type HttpClient, type HttpClientOptions } from './client';
export * from './download';
export { DEFAULT_TIMINGS, type HttpTimings } from './timings';
export { summaryOf } from './unavailable';
