import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { lockGoTool } from '@image-tooling/sources';
import type { Session } from '../session';
import { findProject, loadWorkspace } from '../workspace/load';
import { lockImage } from './image-lock';

/** Resolves what a project needs and writes its lock. Fails as `lockImage` and `lockGoTool` do; then nothing is written. */
export async function lockProject(session: Session, name: string): Promise<Result<void>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, name);
  if (!project.ok) return project;
  if (project.value.kind === 'image') return lockImage(session, workspace.value, project.value.image);
  const { tool } = project.value;
  const { go } = tool.definition.sources;
  if (!go) return nothingToLock(session, name);
  const request = {
    tool: { name, version: tool.definition.version, ...go },
    folder: join(session.root, tool.folder),
  };
  const locked = await lockGoTool(request, {
    cache: session.store.root,
    context: session.context,
    hostEnv: session.env,
  });
  return locked.ok ? ok(undefined) : locked;
}

function nothingToLock({ context }: Session, name: string): Result<void> {
  context.progress.note(`${name}: nothing to lock; only "go" sources have a lock yet.`);
  return ok(undefined);
}
