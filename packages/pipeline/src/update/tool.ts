import {
  canonicalJson,
  chooseSource,
  failWith,
  imagesWithTool,
  ok,
  updatePolicy,
  type Failed,
  type Failure,
  type FailureCode,
  type Json,
  type Result,
  type SourceKind,
  type Tool,
  type ToolLock,
  type UpdatePolicy,
  type Workspace,
} from '@image-tooling/model';
import { withVersion } from '../lock/set-version';
import { isStaleTool } from '../lock/stale-locks';
import { resolveTool } from '../lock/tool-lock';
import type { Session } from '../session';
import { checkUnchanged } from './changed-upstream';
import { LISTS, NO_VERSIONS, type VersionList } from './lists';
import { newestAllowed, type Newest } from './newest';
import type { Contents, Planned, ToolUpdate, UnusableVersion } from './types';

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
  const images = imagesWithTool(workspace, tool.name);
  const base = { name: tool.name, source: kind, from: tool.definition.version, isPinned, images };
  const list = isPinned ? ok(NO_VERSIONS) : await LISTS[kind](session, { tool, workspace });
  if (!list.ok) return list;
  const search = { list: list.value, policy, now };
  const newest = await newestOf(search, base.from, []);
  if (!newest.ok) return newest;
  const update: ToolUpdate = { ...base, unusable: [], ...newest.value };
  return update.to === undefined
    ? relocked(session, workspace, { tool, kind, update })
    : moved(session, workspace, { tool, kind, update }, search);
}

/** Where newer versions are searched. */
interface Search {
  readonly list: VersionList;
  readonly policy: UpdatePolicy;
  readonly now: number;
}

/** Two unusable versions of 3.6 are enough to try 3.5: newer ones of a line mostly need the same. */
const MOST_OF_LINE = 2;

function isSkipped(version: string, unusable: readonly UnusableVersion[]): boolean {
  const line = lineOf(version);
  const same = unusable.filter((one) => lineOf(one.version) === line);
  return same.length >= MOST_OF_LINE || same.some((one) => one.version === version);
}

function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** Returns the newest allowed version without those that are skipped. */
function newestOf(
  { list, policy, now }: Search,
  from: string,
  without: readonly UnusableVersion[],
): Promise<Result<Newest>> {
  const versions = list.versions.filter((one) => !isSkipped(one, without));
  return newestAllowed({ ...list, versions }, from, policy, now);
}

interface Moving {
  readonly tool: Tool;
  readonly kind: SourceKind;
  readonly update: ToolUpdate;
}

/** Versions that are tried: the first ones may need a change of tool.json, or a module that the registry lacks. */
const MOST_TRIES = 6;

/** Failures that may be of one version alone. */
const OF_VERSION: readonly FailureCode[] = [
  'schema',
  'package-not-found',
  'network',
  'gone',
  'go-toolchain',
  'go-build',
];

/**
 * Takes the newest version that can be locked, or none. Fails with the failures of the newest one if the reason is not a
 * version, and if none can be locked while a registry is out of reach.
 */
async function moved(
  session: Session,
  workspace: Workspace,
  { tool, kind, update }: Moving,
  search: Search,
): Promise<Result<Planned<ToolUpdate>>> {
  const unchanged = await checkUnchanged(session, { tool, workspace, kind });
  if (!unchanged.ok) return unchanged;
  let next = update;
  let failed: Failed | undefined;
  let isOutOfReach = false;
  while (next.to !== undefined && next.unusable.length < MOST_TRIES) {
    const files = await resolvedAt(session, tool, next.to);
    if (files.ok) return ok({ update: next, files: files.value });
    failed ??= withVersions(files.failures, next);
    const [{ code, message: reason, hint }] = files.failures;
    if (!OF_VERSION.includes(code)) return failed;
    isOutOfReach ||= code === 'network';
    const unusable = [...next.unusable, { version: next.to, reason, ...(hint !== undefined && { hint }) }];
    const older = await newestOf(search, update.from, unusable);
    if (!older.ok) return older;
    const { waiting, beyond } = update;
    next = {
      ...without(next),
      ...older.value,
      ...(waiting && { waiting }),
      ...(beyond !== undefined && { beyond }),
      unusable,
    };
  }
  if (failed && isOutOfReach) return failed;
  return ok({ update: { ...without(next), unusable: next.unusable }, files: {} });
}

/** An update without what is of a version. */
function without({ name, source, from, isPinned, images, unusable }: ToolUpdate): ToolUpdate {
  return { name, source, from, isPinned, images, unusable };
}

async function resolvedAt(session: Session, { name }: Tool, version: string): Promise<Result<Contents>> {
  const changed = await withVersion(session, name, version);
  if (!changed.ok) return changed;
  const { workspace, definition } = changed.value;
  return resolveTool(session, workspace, workspace.tools.get(name)!, { definition });
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
