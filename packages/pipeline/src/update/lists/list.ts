import { ok, type Result, type Tool, type Workspace } from '@image-tooling/model';
import type { Session } from '../../session';

/** The versions that a source has of a tool. */
export interface VersionList {
  readonly versions: readonly string[];
  /** Returns when a version was published, in seconds since the epoch; undefined if the source does not say. */
  timeOf(version: string): Promise<Result<number | undefined>>;
}

/** The tool to list versions of. */
export interface ListRequest {
  readonly tool: Tool;
  readonly workspace: Workspace;
}

/** Lists versions, without what a tool's version can't be. */
export type ListOf = (session: Session, request: ListRequest) => Promise<Result<VersionList>>;

/** Lists nothing: a tool of the workspace changes with its sources. */
export const noVersions: ListOf = () => Promise.resolve(ok(NO_VERSIONS));

/** For tools that keep their version. */
export const NO_VERSIONS: VersionList = { versions: [], timeOf: () => Promise.resolve(ok(undefined)) };
