import { DOWNLOAD_TIMINGS, openHttpClient, type HttpClient, type HttpTimings } from '@image-tooling/host';
import pLimit from 'p-limit';
import { DeadServers } from './dead-servers';

/** The shared state of all downloads of a run: their parallel limit, their time limits, and dead servers. */
export interface Downloader {
  readonly timings: HttpTimings;
  /** Runs `work` as soon as fewer than the limit are running. */
  limited<T>(work: () => Promise<T>): Promise<T>;
  readonly dead: DeadServers;
  readonly client: HttpClient;
}

export interface DownloaderOptions {
  readonly timings?: Partial<HttpTimings>;
  /** Downloads at a time; default 8. */
  readonly parallel?: number;
  /** Configures proxies and certificate authorities (docs/networks.md). */
  readonly env: NodeJS.ProcessEnv;
}

/** Returns a downloader with its own parallel limit. Use one for each run. */
export function createDownloader(options: DownloaderOptions): Downloader {
  const limit = pLimit(options.parallel ?? 8);
  const timings = { ...DOWNLOAD_TIMINGS, ...options.timings };
  return {
    timings,
    client: openHttpClient({ env: options.env, timings }),
    limited: (work) => limit(work),
    dead: new DeadServers(),
  };
}
