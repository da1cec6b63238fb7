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

/** What one kind of source knows about a tool. */
export interface Found {
  /** The content of `sources.<kind>`. */
  readonly source: object;
  readonly version?: string;
  readonly description?: string;
  readonly homepage?: string;
  /** An SPDX expression. */
  readonly license?: string;
  /** Guesses that users should check. */
  readonly questions: readonly string[];
}

/** The context of a search for a tool. */
export interface Search {
  readonly options: ToolOptions;
  /** Absolute path of the workspace, where clients have settings. */
  readonly root: string;
  readonly workspace: Workspace;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
}

/** Finds a source by what the user gave, at the wanted or the latest version. */
export type Find = (named: string, search: Search) => Promise<Result<Found>>;
