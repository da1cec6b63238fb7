import { join } from 'node:path';
import { ok, type Result, type Tool } from '@image-tooling/model';
import { lockGoTool } from '@image-tooling/sources';
import type { Session } from '../../session';

/** Resolves a tool's sources and writes its lock. */
export async function lockTool(session: Session, { name, folder, definition }: Tool): Promise<Result<void>> {
  const { go } = definition.sources;
  if (!go) return nothingToLock(session, name);
  const request = {
    tool: { name, version: definition.version, ...go },
    folder: join(session.root, folder),
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
