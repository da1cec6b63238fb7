import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, discard, makeFolder } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';

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

/**
 * Runs `work` with an empty folder of its own, which is removed afterwards. Fails as `work` does, and with `io` or
 * `disk-full` where a file in it can't be written.
 */
export async function inTemporaryFolder<T>(
  paths: GoPaths,
  prefix: string,
  work: (folder: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const made = await caught(paths.temporary, () => newFolder(paths.temporary, prefix));
  if (!made.ok) return made;
  try {
    const done = await caught(made.value, () => work(made.value));
    return done.ok ? done.value : done;
  } finally {
    await discard(made.value);
  }
}

async function newFolder(parent: string, prefix: string): Promise<string> {
  await makeFolder(parent);
  return mkdtemp(join(parent, `${prefix}-`));
}
