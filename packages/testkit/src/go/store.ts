import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from '@image-tooling/host';
import { archOf, ok, platformOfNode, type Result } from '@image-tooling/model';
import { ensureGoToolchain, goPaths, offlineEnvironment, runGo } from '@image-tooling/sources/go';
import { SILENT, valueOf } from '../helpers';

/** All of the standard library that programs of tests import. */
const COMPILED = 'os';

const neverAborted = () => new AbortController().signal;

/** Fills a store, unless it is: with the pinned Go toolchain, and compiled packages of the standard library. */
export async function fillGoStore(store: string): Promise<void> {
  const compiled = join(store, 'compiled');
  await mkdir(store, { recursive: true });
  const filled = await withLock(`${compiled}.made`, neverAborted(), async () => {
    if (!existsSync(compiled)) {
      valueOf(await compileStandardLibrary(store));
      await writeFile(compiled, '');
    }
    return ok(undefined);
  });
  valueOf(filled);
}

async function compileStandardLibrary(store: string): Promise<Result<unknown>> {
  const context = { signal: neverAborted(), progress: SILENT };
  const toolchain = await ensureGoToolchain({ cache: store, context, hostEnv: process.env });
  if (!toolchain.ok) return toolchain;
  const where = { home: store, arch: archOf(platformOfNode(process.arch) ?? 'linux/amd64') };
  return runGo({
    toolchain: toolchain.value,
    args: ['build', '-trimpath', '-buildvcs=false', COMPILED],
    folder: store,
    env: offlineEnvironment(toolchain.value, goPaths(store), where),
    tool: COMPILED,
    phase: 'compile',
    signal: context.signal,
    timeoutSeconds: 600,
  });
}

/** Gives a store the toolchain of a filled one, by a link. */
export async function linkGoToolchain(from: string, to: string): Promise<void> {
  const [source, target] = [goPaths(from).toolchains, goPaths(to).toolchains];
  await mkdir(dirname(target), { recursive: true });
  await symlink(source, target);
}

/** Gives a store what a filled one has: the toolchain by a link, and a copy of the compiled packages. */
export async function copyGoStore(from: string, to: string): Promise<void> {
  await linkGoToolchain(from, to);
  await cp(goPaths(from).build, goPaths(to).build, { recursive: true, preserveTimestamps: true });
}
