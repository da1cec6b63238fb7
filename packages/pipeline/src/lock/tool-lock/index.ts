import {
  all,
  chooseSource,
  ok,
  type Failed,
  type Result,
  type Tool,
  type ToolLock,
  type Workspace,
} from '@image-tooling/model';
import type { Session } from '../../session';
import type { Raise } from './raise';
import { debPart } from './deb';
import { goPart } from './go';
import { npmPart } from './npm';
import { isOutOfReach } from './out-of-reach';
import type { LockedKind, LockPart, LockPartOf, PartRequest } from './part';
import { releasePart } from './release';
import { whileWriting, writeTogether } from '../../workspace/write-together';
import { toolLockFiles } from './files';

/** The function that locks each kind of source, in the order of lock.json. */
const PARTS: Readonly<Record<LockedKind, LockPartOf>> = {
  go: goPart,
  npm: npmPart,
  deb: debPart,
  release: releasePart,
};

/** What a lock changes besides resolving again. */
export interface ToolChanges {
  /** What the tool must have in at least a version. */
  readonly raise?: Raise;
  /** The text of tool.json that `tool` was read from, to be written with the lock. */
  readonly definition?: string;
}

/** Resolves every source of a tool and writes its lock, completely or not at all. Fails as `resolveTool` does. */
export async function lockTool(
  session: Session,
  workspace: Workspace,
  tool: Tool,
  changes: ToolChanges = {},
): Promise<Result<void>> {
  const files = await resolveTool(session, workspace, tool, changes);
  if (!files.ok) return files;
  return whileWriting(session, () => writeTogether(session, files.value));
}

/**
 * Resolves every source of a tool. Returns the contents of its files, by path below the workspace; writes nothing. If
 * a source that the policy does not take can't be reached, keeps its lock of the same version with a warning.
 */
export async function resolveTool(
  session: Session,
  workspace: Workspace,
  tool: Tool,
  { raise, definition: text }: ToolChanges = {},
): Promise<Result<Readonly<Record<string, string>>>> {
  const { definition, lock } = tool;
  const locked = lock?.value.version === definition.version ? lock.value : undefined;
  const chosen = chooseSource(definition, session.toolSource);
  const kinds = (Object.keys(PARTS) as LockedKind[]).filter((kind) => definition.sources[kind]);
  const parts = await Promise.all(
    kinds.map((kind) =>
      lockPart(session, kind, {
        tool,
        workspace,
        preferred: kind === chosen,
        ...(raise && { raise }),
        ...(locked && { locked }),
      }),
    ),
  );
  const resolved = all(parts);
  if (!resolved.ok) return resolved;
  return ok(
    toolLockFiles(tool, kinds, { parts: resolved.value, ...(text !== undefined && { definition: text }) }),
  );
}

async function lockPart(session: Session, kind: LockedKind, request: PartRequest): Promise<Result<LockPart>> {
  const part = await PARTS[kind](session, request);
  if (part.ok || request.preferred || !isOutOfReach(part)) return part;
  const kept = request.locked?.[kind];
  session.context.progress.note(outOfReachText(request.tool.name, kind, part, kept));
  return ok({ content: kept });
}

function outOfReachText(
  name: string,
  kind: LockedKind,
  { failures }: Failed,
  kept: ToolLock[LockedKind],
): string {
  const [{ message, details = [] }] = failures;
  const then = kept ? 'its lock is kept' : "it is not locked, so it can't be built from this source";
  return `${name}: its source "${kind}" can't be reached; ${then}. ${[message, ...details].join(' ')}`;
}
