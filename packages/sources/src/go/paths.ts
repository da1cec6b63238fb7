import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@image-tooling/host';

/** Where the parts of Go's caches lie below the store's folder. */
export interface GoPaths {
  readonly toolchains: string;
  /** GOCACHE: what was compiled. */
  readonly build: string;
  /** GOMODCACHE: modules, as fetched and unpacked. */
  readonly modules: string;
  /** GOPATH: nothing is kept in it. */
  readonly path: string;
  /** Folders of runs under way. */
  readonly temporary: string;
  /** Folder of the one compile that is under way. */
  readonly compile: string;
  readonly compileLock: string;
  readonly toolchainLock: string;
}

export function goPaths(cache: string): GoPaths {
  const root = join(cache, 'go');
  return {
    toolchains: join(root, 'toolchain'),
    build: join(root, 'build'),
    modules: join(root, 'mod'),
    path: join(root, 'path'),
    temporary: join(root, 'tmp'),
    compile: join(root, 'tmp', 'compile'),
    compileLock: join(cache, 'locks', 'go-compile'),
    toolchainLock: join(cache, 'locks', 'go-toolchain'),
  };
}

/** Runs `work` with an empty folder of its own, which is removed afterwards. */
export async function inTemporaryFolder<T>(
  paths: GoPaths,
  prefix: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  await makeFolder(paths.temporary);
  const folder = await mkdtemp(join(paths.temporary, `${prefix}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
