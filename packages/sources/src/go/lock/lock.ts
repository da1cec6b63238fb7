import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, parseToolLock, type Result, type ToolLock } from '@image-tooling/model';
import { writeFileAtomic } from '@image-tooling/host';
import { downloadCounter } from '../fetch/fetch';
import { openFetchSession } from '../fetch/session';
import { inTemporaryFolder } from '../paths';
import { moduleVersion, type GoModuleTool, type GoRun } from '../tool';
import { definitionDigest, lockText, type LockedGo } from './lock-file';
import { resolveModules, type Resolved } from './resolve';

/** Which tool is locked, and where its folder is. */
export interface LockRequest {
  readonly tool: GoModuleTool;
  /** tools/<name>: go.mod, go.sum and lock.json are written there. */
  readonly folder: string;
  /** Seconds for one go command. */
  readonly timeoutSeconds?: number;
}

/**
 * Resolves a tool's Go modules by the real go command, with the registries of the user's own Go configuration,
 * and writes go.mod, go.sum and lock.json. On failure nothing is written: `package-not-found`, `schema` (a
 * `replace` is missing), `go-sum` (the checksum database disagrees), `network`, `timeout`, `disk-full`,
 * `aborted`, `io`, or the toolchain's failures.
 */
export async function lockGoTool(request: LockRequest, run: GoRun): Promise<Result<LockedGo>> {
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
  const locked = resolved.ok
    ? await write(request, resolved.value, session.value.toolchain.version)
    : resolved;
  if (locked.ok) step.done({ origin: 'fetched' });
  else step.failed();
  return locked;
}

/** lock.json comes last: it names the definition, so one that is half written is seen to be stale. */
async function write(
  { tool, folder }: LockRequest,
  resolved: Resolved,
  toolchain: string,
): Promise<Result<LockedGo>> {
  const go: LockedGo = {
    module: tool.module,
    version: moduleVersion(tool),
    time: resolved.time,
    toolchain,
    definition: definitionDigest(tool),
  };
  const text = lockText(tool, go, await existingLock(folder));
  for (const [name, content] of Object.entries({
    'go.mod': resolved.goMod,
    'go.sum': resolved.goSum,
    'lock.json': text,
  })) {
    const written = await writeFileAtomic(join(folder, name), content);
    if (!written.ok) return written;
  }
  return ok(go);
}

/** What is locked already, if that can be read: it is about to be replaced, so faults in it are no concern. */
async function existingLock(folder: string): Promise<ToolLock | undefined> {
  const path = join(folder, 'lock.json');
  const text = await readFile(path, 'utf8').catch(() => '');
  const parsed = parseToolLock(path, text);
  return parsed.ok ? parsed.value.value : undefined;
}
