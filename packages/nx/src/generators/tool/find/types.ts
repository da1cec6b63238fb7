import type { Result, RunContext, Workspace } from '@image-tooling/model';

export interface ToolOptions {
  readonly name: string;
  readonly go?: string;
  readonly release?: string;
  readonly npm?: string;
  readonly deb?: string;
  readonly toolVersion?: string;
  readonly path?: string;
  readonly description?: string;
  readonly homepage?: string;
  readonly license?: string;
  /** Default: yes. */
  readonly lock?: boolean;
}

/** What one kind of source says of a tool. */
export interface Found {
  /** The content of `sources.<kind>`. */
  readonly source: object;
  readonly version?: string;
  readonly description?: string;
  readonly homepage?: string;
  /** An SPDX expression. */
  readonly license?: string;
  /** What a person should look at: guesses. */
  readonly questions: readonly string[];
}

/** What looking for a tool works with. */
export interface Search {
  readonly options: ToolOptions;
  /** Absolute path of the workspace: clients have settings in it. */
  readonly root: string;
  readonly workspace: Workspace;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
}

/** Looks for what was named, at the version that is wanted or the latest. */
export type Find = (named: string, search: Search) => Promise<Result<Found>>;
