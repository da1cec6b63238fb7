import { ok, type Result } from '@image-tooling/model';
import { lockGoTool } from '@image-tooling/sources';
import type { Session } from '../../session';
import type { LockPart, PartRequest } from './part';

/** Returns the `go` part of a tool's lock, with go.mod and go.sum. Fails as `lockGoTool` does. */
export async function goPart(
  { store, context, env }: Session,
  { tool }: PartRequest,
): Promise<Result<LockPart>> {
  const { name, definition } = tool;
  const { go } = definition.sources;
  if (!go) throw new Error(`${name} has no "go" source`);
  const request = { tool: { name, version: definition.version, ...go } };
  const locked = await lockGoTool(request, { cache: store.root, context, hostEnv: env });
  if (!locked.ok) return locked;
  const { goMod, goSum } = locked.value;
  return ok({ content: locked.value.go, files: { 'go.mod': goMod, 'go.sum': goSum } });
}
