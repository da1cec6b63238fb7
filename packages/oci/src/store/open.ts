import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, ioFailure, makeFolder, valueOf, writeFileAtomic } from '@image-tooling/host';
import { canonicalJson, fail, ok, type Failure, type Result } from '@image-tooling/model';
import { LAYOUT_FILE, layoutOf, storeRoot, type StoreLayout } from './layout';
import { checkOwners } from './ownership';
import { Store } from './store';
import { removeLeftovers } from './temporary';

export interface OpenOptions {
  /** Nothing will be written, so the store may be read-only. */
  readonly readOnly?: boolean;
}

/** Opens the store of this user (see `storeRoot`). Fails as `openStore` does, and with `usage`. */
export async function openUserStore(
  env: NodeJS.ProcessEnv,
  options: OpenOptions = {},
): Promise<Result<Store>> {
  const root = storeRoot(env);
  return root.ok ? openStore(root.value, options) : root;
}

/**
 * Opens the store at `root`: creates it if missing, and removes leftovers of dead processes. Fails with `disk-full`,
 * with `io` if it can't be created or, unless `readOnly`, written to, or with `store-owner` if another user created
 * it.
 */
export async function openStore(
  root: string,
  { readOnly = false }: OpenOptions = {},
): Promise<Result<Store>> {
  const layout = layoutOf(root);
  try {
    await checkOwners(root);
    await makeStore(layout);
    if (!readOnly) {
      for (const folder of foldersOf(layout)) await access(folder, constants.W_OK);
      await removeLeftovers(layout.temporary);
    }
    return ok(new Store(layout));
  } catch (error) {
    return fail(error instanceof Fault ? error.failure : unusable(error, root));
  }
}

const EMPTY_INDEX = canonicalJson({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [],
});

async function makeStore(layout: StoreLayout): Promise<void> {
  for (const folder of foldersOf(layout)) await makeFolder(folder);
  await writeOnce(join(layout.root, 'oci-layout'), LAYOUT_FILE);
  await writeOnce(join(layout.root, 'index.json'), EMPTY_INDEX);
}

function foldersOf({ blobs, builds, paths, locks, temporary }: StoreLayout): string[] {
  return [blobs, builds, paths, locks, temporary];
}

async function writeOnce(file: string, content: string): Promise<void> {
  if (!(await stat(file).catch(() => undefined))) valueOf(await writeFileAtomic(file, content));
}

function unusable(error: unknown, root: string): Failure {
  const failure = ioFailure(error, root);
  if (failure.code === 'disk-full') return failure;
  return {
    code: 'io',
    message: `The store can't be in ${root}: ${(error as Error).message}.`,
    hint: 'Set IMAGE_STORE to a writable folder.',
    path: root,
  };
}
