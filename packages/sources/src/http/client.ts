import { openSender, type Sender } from '@image-tooling/host';
import pLimit from 'p-limit';
import { DEFAULT_TIMINGS, type HttpTimings } from './timings';
import { DeadServers } from './dead-servers';

/** What all downloads of a run share: their parallel limit, their patience, and which servers are dead. */
export interface HttpClient {
  readonly timings: HttpTimings;
  /** Runs `work` when fewer than the limit are running. */
  limited<T>(work: () => Promise<T>): Promise<T>;
  readonly dead: DeadServers;
  /** What sends requests, by the proxies of the environment; opened when first asked for. */
  sender(): Promise<Sender>;
}

export interface HttpClientOptions {
  readonly timings?: Partial<HttpTimings>;
  /** Downloads at a time; default 8. */
  readonly parallel?: number;
  /** Names proxies and certificate authorities (docs/networks.md). Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A client with its own parallel limit. One a run. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const limit = pLimit(options.parallel ?? 8);
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const { env = process.env } = options;
  let sender: Promise<Sender> | undefined;
  return {
    timings,
    sender: () => (sender ??= openSender({ env, connectSeconds: timings.connectSeconds })),
    limited: (work) => limit(work),
    dead: new DeadServers(),
  };
}
