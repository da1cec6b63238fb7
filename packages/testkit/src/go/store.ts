import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from '@image-tooling/host';
import { archOf, ok, platformOfNode, type Result } from '@image-tooling/model';
import {
  ensureGoToolchain,
  goPaths,
  offlineEnvironment,
  PINNED_TOOLCHAIN,
  runGo,
} from '@image-tooling/sources/go';
import { keptFile, SILENT, valueOf } from '../helpers';

/** All of the standard library that programs of tests import. */
const COMPILED = 'os';

const neverAborted = () => new AbortController().signal;

/**
 * Fills a store, unless it is: with the pinned Go toolchain, by links, and a copy of compiled packages of the standard
 * library. Both are made once on a machine: pip's download, unpacking and 50 compiles are 12 s of processor time.
 */
export async function fillGoStore(store: string): Promise<void> {
  const filled = join(store, 'filled');
  await mkdir(store, { recursive: true });
  const done = await withLock(`${filled}.made`, neverAborted(), async () => {
    if (!existsSync(filled)) {
      await copyKept(await keptStore(), store);
      await writeFile(filled, '');
    }
    return ok(undefined);
  });
  valueOf(done);
}

function keptStore(): Promise<string> {
  return keptFile(`go-${PINNED_TOOLCHAIN.version}-${process.arch}-${COMPILED}`, async (work) => {
    const store = join(work, 'store');
    await mkdir(store);
    valueOf(await compileStandardLibrary(store));
    return store;
  });
}

/** A test may add a toolchain to the store: each is a link, their folder is not. */
async function copyKept(kept: string, store: string): Promise<void> {
  const [from, to] = [goPaths(kept), goPaths(store)];
  await mkdir(to.toolchains, { recursive: true });
  for (const name of await readdir(from.toolchains))
    await symlink(join(from.toolchains, name), join(to.toolchains, name));
  // With new times: Go removes packages that were not used for five days (cmd/go/internal/cache, trimLimit).
  await cp(from.build, to.build, { recursive: true });
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
