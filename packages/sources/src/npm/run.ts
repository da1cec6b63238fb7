import type { HttpTimings } from '@image-tooling/host';
import type { RunContext } from '@image-tooling/model';

/** What running npm's own client needs: it brings registries, logins, proxies and authorities of its own. */
export interface NpmRun {
  /** The workspace: its .npmrc counts too. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timings: HttpTimings;
  readonly context: RunContext;
  /** Seconds for the whole of one download; default 900. */
  readonly limitSeconds?: number;
}
