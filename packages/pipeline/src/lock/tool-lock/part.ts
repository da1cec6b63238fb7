import type { Result, SourceKind, Tool, ToolLock, Workspace } from '@image-tooling/model';
import type { Session } from '../../session';

/** A kind of source with a part of its own in a tool's lock. */
export type LockedKind = SourceKind & keyof ToolLock;

/** What is asked of one kind of source when a tool is locked. */
export interface PartRequest {
  readonly tool: Tool;
  /** What the tool is part of. */
  readonly workspace: Workspace;
  /** Whether the policy takes the tool from this kind: then it must be had. */
  readonly preferred: boolean;
  /** What is locked already; undefined where that is of another version, or can't be read. */
  readonly locked?: ToolLock;
}

/** What one kind of source puts into a tool's lock. */
export interface LockPart {
  /** Under the kind's own name in lock.json. */
  readonly content: ToolLock[LockedKind];
  /** Files of the tool's folder beside lock.json, whole, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Resolves one kind of source. Writes nothing. */
export type LockPartOf = (session: Session, request: PartRequest) => Promise<Result<LockPart>>;
