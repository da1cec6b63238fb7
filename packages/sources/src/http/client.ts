import pLimit from 'p-limit';
import { DEFAULT_TIMINGS, type HttpTimings } from './timings';
import { DeadServers } from './dead-servers';

/** What all downloads of a run share: their parallel limit, their patience, and which servers are dead. */
export interface HttpClient {
  readonly timings: HttpTimings;
  /** Runs `work` when fewer than the limit are running. */
  limited<T>(work: () => Promise<T>): Promise<T>;
  readonly dead: DeadServers;
}

export interface HttpClientOptions {
  readonly timings?: Partial<HttpTimings>;
  /** Downloads at a time; default 8. */
  readonly parallel?: number;
}

/** A client with its own parallel limit. One a run. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const limit = pLimit(options.parallel ?? 8);
  return {
    timings: { ...DEFAULT_TIMINGS, ...options.timings },
    limited: (work) => limit(work),
    dead: new DeadServers(),
  };
}
