import type { Authorizer } from '../access';
import type { Config } from '../config';
import type { Entries, Usage } from '../entries';
import type { Log, Metrics } from '../report';

/** A connection is ended after this time without a byte from or to its client. */
export const IDLE_MS = 30_000;

/** What answering a request takes. */
export interface Context {
  readonly config: Config;
  readonly authorizer: Authorizer;
  readonly entries: Entries;
  readonly usage: Usage;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Folder for temporary files. */
  readonly temporary: string;
  /** Returns whether the storage answers. */
  readonly isReady: () => Promise<boolean>;
}
