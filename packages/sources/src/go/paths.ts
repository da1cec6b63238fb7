import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, discard, makeFolder } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';

/** The paths of Go's caches below the store's folder. */
export interface GoPaths {
  readonly toolchains: string;
  /** GOCACHE: compiled packages. */
  readonly build: string;
  /** GOMODCACHE: modules, fetched and unpacked. */
  readonly modules: string;
  /** GOPATH: nothing is kept in it. */
  readonly path: string;
  /** Go's vulnerability database in a compact form, one file for each version. */
  readonly vulnerabilities: string;
  /** Folders of running commands. */
  readonly temporary: string;
  /** Folder of the running compile. */
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
    vulnerabilities: join(root, 'vulnerabilities'),
    temporary: join(root, 'tmp'),
    compile: join(root, 'tmp', 'compile'),
    compileLock: join(cache, 'locks', 'go-compile'),
    toolchainLock: join(cache, 'locks', 'go-toolchain'),
  };
}

/**
 * Runs `work` with an empty folder of its own, which is removed afterwards. Fails as `work` does, and with
 * `io` or `disk-full` if a file in it can't be written.
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
