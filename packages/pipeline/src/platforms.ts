import { ok, PLATFORMS, type Platform, type Result } from '@image-tooling/model';
import type { Session } from './session';
import { findProject } from './workspace/load';

/**
 * Returns the platforms that an image declares; for a tool all platforms. Fails with every mistake of every
 * file.
 */
export async function platformsOf(
  session: Pick<Session, 'workspaceFor'>,
  name: string,
): Promise<Result<readonly Platform[]>> {
  const workspace = await session.workspaceFor(name);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  return ok(project.value.kind === 'image' ? project.value.image.definition.platforms : PLATFORMS);
}
