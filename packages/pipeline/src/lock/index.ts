import { fail, ok, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { findProject, loadWorkspace } from '../workspace/load';
import { lockAlone, lockFamily } from './family';
import { lockTool } from './tool-lock';

export interface LockOptions {
  /** Whether to also lock all images that are based on the image. */
  readonly family: boolean;
}

/**
 * Resolves what a project needs and writes its lock. Returns the names of the locked projects. Fails as
 * `lockImage` and `lockTool` do, and with `usage` for the family of a tool.
 */
export async function lockProject(
  session: Session,
  name: string,
  { family }: LockOptions = { family: false },
): Promise<Result<string[]>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  if (project.value.kind === 'image')
    return (family ? lockFamily : lockAlone)(session, workspace.value, project.value.image);
  if (family)
    return fail({
      code: 'usage',
      message: `"${name}" is a tool: no image is based on it.`,
      hint: 'Remove --family.',
    });
  const locked = await lockTool(session, workspace.value, project.value.tool);
  return locked.ok ? ok([name]) : locked;
}
