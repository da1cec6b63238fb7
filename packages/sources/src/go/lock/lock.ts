import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { downloadCounter } from '../fetch/fetch';
import { openFetchSession } from '../fetch/session';
import { inTemporaryFolder } from '../paths';
import { PINNED_TOOLCHAIN, type ToolchainPin } from '../pin';
import { moduleVersion, type GoModuleTool, type GoRun } from '../tool';
import { definitionDigest, type GoToolLock } from './lock-file';
import type { Raise } from './raise';
import { resolveModules, type Resolved } from './resolve';

/** The tool to lock. */
export interface LockRequest {
  readonly tool: GoModuleTool;
  /** Modules that must have at least a version. */
  readonly raise?: Raise;
  /** Seconds for one go command. */
  readonly timeoutSeconds?: number;
}

/**
 * Resolves a tool's Go modules with the go command and the registries of the user's Go configuration. Returns
 * the content of lock.json, go.mod and go.sum; writes nothing. Fails with `package-not-found`, `schema` (a
 * `replace` is missing), `go-sum` (the checksum database disagrees), `network`, `timeout`, `disk-full`,
 * `aborted`, `io`, or the toolchain's failures.
 */
export async function lockGoTool(request: LockRequest, run: GoRun): Promise<Result<GoToolLock>> {
  const session = await openFetchSession(run);
  if (!session.ok) return session;
  const step = run.context.progress.step(`${request.tool.name}: resolve Go modules`);
  const { onLine } = downloadCounter(step);
  const resolved = await inTemporaryFolder(session.value.paths, 'lock', async (temporary) => {
    const folder = join(temporary, 'module');
    await mkdir(folder);
    const { signal } = run.context;
    return resolveModules({ ...request, session: session.value, folder, temporary, signal, onLine });
  });
  if (resolved.ok) step.done({ origin: 'fetched' });
  else step.failed();
  return resolved.ok ? ok(lockOf(request, resolved.value, run.pin)) : resolved;
}

function lockOf(
  { tool }: LockRequest,
  { goMod, goSum, time, raised }: Resolved,
  pin: ToolchainPin | undefined,
): GoToolLock {
  const definition = definitionDigest(tool);
  return {
    go: {
      module: tool.module,
      version: moduleVersion(tool),
      time,
      toolchain: (pin ?? PINNED_TOOLCHAIN).version,
      ...(pin && pin !== PINNED_TOOLCHAIN && { wheels: pin.wheels }),
      definition,
      ...(Object.keys(raised).length > 0 && { raised }),
    },
    goMod,
    goSum,
  };
}
