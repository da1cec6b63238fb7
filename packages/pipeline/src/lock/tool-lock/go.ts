import { compareModuleVersions, ok, type GoLock, type Result } from '@image-tooling/model';
import {
  lockGoTool,
  PINNED_TOOLCHAIN,
  raisedToolchain,
  resolveToolchain,
  type GoRun,
  type ToolchainPin,
} from '@image-tooling/sources';
import type { Session } from '../../session';
import type { LockPart, PartRequest } from './part';

/**
 * Returns the `go` part of a tool's lock, with go.mod and go.sum. Modules and a toolchain that an earlier lock raised
 * stay raised. Fails as `lockGoTool` and `resolveToolchain` do.
 */
export async function goPart(
  { store, context, env }: Session,
  { tool, raise }: PartRequest,
): Promise<Result<LockPart>> {
  const { name, definition, lock } = tool;
  const { go } = definition.sources;
  if (!go) throw new Error(`${name} has no "go" source`);
  const run = { cache: store.root, context, hostEnv: env };
  const { go: version, ...asked } = raise?.go ?? {};
  const pin = await toolchainFor(version, lock?.value.go, run);
  if (!pin.ok) return pin;
  const request = {
    tool: { name, version: definition.version, ...go },
    raise: { asked, kept: lock?.value.go?.raised ?? {} },
  };
  const locked = await lockGoTool(request, { ...run, ...(pin.value && { pin: pin.value }) });
  if (!locked.ok) return locked;
  const { goMod, goSum } = locked.value;
  return ok({ content: locked.value.go, files: { 'go.mod': goMod, 'go.sum': goSum } });
}

/** Returns the toolchain that is asked for or locked, if that is newer than the pinned one. */
async function toolchainFor(
  asked: string | undefined,
  lock: GoLock | undefined,
  run: GoRun,
): Promise<Result<ToolchainPin | undefined>> {
  const kept = raisedToolchain(lock);
  const known = (kept ?? PINNED_TOOLCHAIN).version;
  return asked === undefined || compareModuleVersions(asked, known) <= 0
    ? ok(kept)
    : resolveToolchain(asked, run);
}
