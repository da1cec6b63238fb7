import {
  canonicalJson,
  chooseSource,
  failWith,
  imagesWithTool,
  ok,
  updatePolicy,
  type Failure,
  type Json,
  type Result,
  type SourceKind,
  type Tool,
  type ToolLock,
  type Workspace,
} from '@image-tooling/model';
import { withVersion } from '../lock/set-version';
import { isStaleTool } from '../lock/stale-locks';
import { resolveTool } from '../lock/tool-lock';
import type { Session } from '../session';
import { checkUnchanged } from './changed-upstream';
import { LISTS } from './lists';
import { newestAllowed, type Newest } from './newest';
import type { Contents, Planned, ToolUpdate } from './types';

const NOTHING: Newest = {};

/**
 * Finds the newest allowed version of a tool, and resolves it. Writes nothing. Fails as the source's list and
 * `resolveTool` do, and with `checksum` or `go-sum` if the locked version has changed upstream.
 *
 * @param now in seconds since the epoch
 */
export async function planTool(
  session: Session,
  { workspace, tool, now }: { readonly workspace: Workspace; readonly tool: Tool; readonly now: number },
): Promise<Result<Planned<ToolUpdate>>> {
  const policy = updatePolicy(tool.definition, session.options);
  const kind = chooseSource(tool.definition, session.toolSource);
  const isPinned = policy.level === 'none';
  const list = isPinned ? undefined : await LISTS[kind](session, { tool, workspace });
  if (list && !list.ok) return list;
  const { version: from } = tool.definition;
  const newest = list ? await newestAllowed(list.value, from, policy, now) : ok(NOTHING);
  if (!newest.ok) return newest;
  const { version: to, ...found } = newest.value;
  const images = imagesWithTool(workspace, tool.name);
  const update: ToolUpdate = { name: tool.name, source: kind, from, ...found, isPinned, images };
  return to === undefined
    ? relocked(session, workspace, { tool, kind, update })
    : moved(session, workspace, { tool, kind, update: { ...update, to } });
}

interface Moving {
  readonly tool: Tool;
  readonly kind: SourceKind;
  readonly update: ToolUpdate;
}

async function moved(
  session: Session,
  workspace: Workspace,
  { tool, kind, update }: Moving,
): Promise<Result<Planned<ToolUpdate>>> {
  const unchanged = await checkUnchanged(session, { tool, workspace, kind });
  if (!unchanged.ok) return unchanged;
  const changed = await withVersion(session, tool.name, update.to ?? update.from);
  if (!changed.ok) return changed;
  const { workspace: other, definition } = changed.value;
  const files = await resolveTool(session, other, other.tools.get(tool.name)!, { definition });
  return files.ok ? ok({ update, files: files.value }) : withVersions(files.failures, update);
}

/** Says which version failed: tool.json, which messages name, still has the old one. */
function withVersions(failures: readonly Failure[], { name, from, to }: ToolUpdate) {
  const line = `${name} stays at ${from}: ${to} can't be locked. To keep it there, set "update": "none".`;
  return failWith(failures.map((one) => ({ ...one, details: [line, ...(one.details ?? [])] })));
}

/** A package of Debian may be newer in the same version, and a lock may be older than its tool.json. */
async function relocked(
  session: Session,
  workspace: Workspace,
  { tool, kind, update }: Moving,
): Promise<Result<Planned<ToolUpdate>>> {
  const mayChange = kind === 'deb' && !update.isPinned;
  if (!mayChange && !isStaleTool(session, workspace, tool)) return ok({ update, files: {} });
  const files = await resolveTool(session, workspace, tool);
  if (!files.ok) return files;
  const reason = changeOf(tool, files.value);
  if (reason === undefined) return ok({ update, files: {} });
  return ok({ update: { ...update, relocked: reason }, files: files.value });
}

/** Returns what differs between the lock of a tool and its new one: "package 1.2.3-1 → 1.2.3-2". */
function changeOf({ folder, lock }: Tool, files: Contents): string | undefined {
  const fresh = JSON.parse(files[`${folder}/lock.json`] ?? '{}') as ToolLock;
  if (lock !== undefined && canonicalJson(lock.value as Json) === canonicalJson(fresh as Json))
    return undefined;
  const [before, after] = [lock?.value, fresh].map((one) => debVersionsOf(one));
  return before && after && before !== after ? `package ${before} → ${after}` : 'its lock was stale';
}

function debVersionsOf(lock: ToolLock | undefined): string {
  return [...new Set(Object.values(lock?.deb ?? {}).map(({ version }) => version))].join(', ');
}
