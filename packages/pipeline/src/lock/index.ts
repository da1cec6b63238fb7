import { failWith, ok, type Failure, type Result, type Tool, type Workspace } from '@image-tooling/model';
import type { Session } from '../session';
import { findProject, loadWorkspace } from '../workspace/load';
import { lockAlone, lockFamily, lockOnly } from './family';
import { lockStale } from './stale-locks';
import { notRaisable, type Raise } from './tool-lock/raise';
import { withVersion } from './set-version';
import { lockTool } from './tool-lock';

/** Locks all tools and images whose lock is missing or stale. Returns their names. Fails as `lockProject` does. */
export function lockAllStale(session: Session): Promise<Result<string[]>> {
  return lockStale(session, (name) => lockProject(session, name, { family: false, isOneOfAll: true }));
}

export interface LockOptions {
  /** Whether to also lock all images that are based on the image. */
  readonly family: boolean;
  /** Whether the caller locks the images based on it next, so that nothing is said of them. */
  readonly isOneOfAll?: boolean;
  /** What a tool must have in at least a version. */
  readonly raise?: Raise;
  /** The version of a tool to write into its definition. */
  readonly version?: string;
}

/**
 * Resolves what a project needs and writes its lock. Returns the names of the locked projects. Fails as
 * `lockImage` and `lockTool` do, and with `usage` for an option that the project can't have.
 */
export async function lockProject(
  session: Session,
  name: string,
  options: LockOptions = { family: false },
): Promise<Result<string[]>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  const wrong =
    project.value.kind === 'image' ? notOfImage(name, options) : notOfTool(project.value.tool, options);
  if (wrong.length > 0) return failWith(wrong);
  if (project.value.kind === 'image')
    return imageLocker(options)(session, workspace.value, project.value.image);
  const locked = await lockToolAt(session, workspace.value, project.value.tool, options);
  return locked.ok ? ok([name]) : locked;
}

function imageLocker({ family, isOneOfAll = false }: LockOptions): typeof lockFamily {
  if (family) return lockFamily;
  return isOneOfAll ? lockOnly : lockAlone;
}

async function lockToolAt(
  session: Session,
  workspace: Workspace,
  tool: Tool,
  { version, raise }: LockOptions,
): Promise<Result<void>> {
  const asked = raise && { raise };
  if (version === undefined) return lockTool(session, workspace, tool, { ...asked });
  const changed = await withVersion(session, tool.name, version);
  if (!changed.ok) return changed;
  const { workspace: other, definition } = changed.value;
  const project = findProject(other, tool.name);
  if (!project.ok || project.value.kind !== 'tool') throw new Error('another version removed the tool');
  return lockTool(session, other, project.value.tool, { ...asked, definition });
}

function notOfImage(name: string, { raise, version }: LockOptions): Failure[] {
  const given = [...(raise ? ['--raise'] : []), ...(version === undefined ? [] : ['--set-version'])];
  return given.map((flag) => ({
    code: 'usage',
    message: `"${name}" is an image: ${flag} is for tools.`,
    hint: `Remove it: "lock" resolves the newest packages of an image.`,
  }));
}

function notOfTool(tool: Tool, { family, raise }: LockOptions): Failure[] {
  return [...(family ? [noFamily(tool)] : []), ...(raise ? notRaisable(tool, raise) : [])];
}

function noFamily({ name }: Tool): Failure {
  return {
    code: 'usage',
    message: `"${name}" is a tool: no image is based on it.`,
    hint: 'Remove --family.',
  };
}
