import type { Result } from '@image-tooling/model';
import type { Session } from '../session';
import { findProject, loadWorkspace } from '../workspace/load';
import { lockImage } from './image-lock';
import { lockTool } from './tool-lock';

/** Resolves what a project needs and writes its lock. Fails as `lockImage` and `lockTool` do; then nothing is written. */
export async function lockProject(session: Session, name: string): Promise<Result<void>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  if (project.value.kind === 'tool') return lockTool(session, workspace.value, project.value.tool);
  return lockImage(session, workspace.value, project.value.image);
}
