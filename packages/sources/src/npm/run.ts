import type { HttpTimings } from '@image-tooling/host';
import type { RunContext } from '@image-tooling/model';

/** The context of npm's own client, which has its own registries, logins, proxies and authorities. */
export interface NpmRun {
  /** The workspace, for its .npmrc. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timings: HttpTimings;
  readonly context: RunContext;
  /** Seconds for the whole of one download; default 900. */
  readonly limitSeconds?: number;
}
