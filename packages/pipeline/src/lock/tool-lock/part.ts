import type { Result, SourceKind, Tool, ToolLock, Workspace } from '@image-tooling/model';
import type { Session } from '../../session';
import type { Raise } from './raise';

/** A kind of source with a part of its own in a tool's lock. */
export type LockedKind = SourceKind & keyof ToolLock;

/** The request to lock one kind of source of a tool. */
export interface PartRequest {
  readonly tool: Tool;
  /** The workspace of the tool. */
  readonly workspace: Workspace;
  /** Whether the policy takes this kind: then it must be reachable. */
  readonly preferred: boolean;
  /** What the tool must have in at least a version. */
  readonly raise?: Raise;
  /** The existing lock; undefined if it is of another version, or unreadable. */
  readonly locked?: ToolLock;
}

/** The part of a tool's lock for one kind of source. */
export interface LockPart {
  /** Under the kind's own name in lock.json. */
  readonly content: ToolLock[LockedKind];
  /** Content of files next to lock.json, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Resolves one kind of source. Writes nothing. */
export type LockPartOf = (session: Session, request: PartRequest) => Promise<Result<LockPart>>;
