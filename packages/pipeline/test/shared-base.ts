import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withLock } from '@image-tooling/host';
import { ok } from '@image-tooling/model';
import {
  createArchive,
  createRig,
  writeSmallDebian,
  type FixtureArchive,
  type FixturePackage,
  type RigOptions,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { inject } from 'vitest';
import { EXTRA, HELLO, writeImages } from './fixture-images';

/**
 * Older than Debian's lists: a lock's time, and with it the layers, are the same whenever the archive was
 * made.
 */
const DATE = new Date('2025-01-01T00:00:00Z');

/** Returns an archive with the packages of images on the shared base. */
export function fixtureArchive(packages: readonly FixturePackage[] = []): Promise<FixtureArchive> {
  return createArchive({ packages: [HELLO, EXTRA, ...packages], date: DATE });
}

const TRUST_FOLDER = resolve(__dirname, '../../../trust');

/** Makes a workspace whose Debian is a small one, with the lists of packages as they are for the whole run. */
export async function rigOnSmallDebian(options: RigOptions): Promise<WorkspaceRig> {
  const folder = await madeOnce('small-debian', (path) => writeSmallDebian(path, TRUST_FOLDER, DATE));
  const publicKey = await readFile(join(folder, 'key.asc'), 'utf8');
  return createRig({ ...options, smallDebian: { url: `${inject('sharedUrl')}/small-debian`, publicKey } });
}

/**
 * Makes a workspace with a store that has the layers of `BASE_IMAGE`, and the one in which apt resolves: a copy of a
 * store that is made once in a test run, by the first file that needs it.
 */
export async function rigWithBase(options: RigOptions): Promise<WorkspaceRig> {
  return rigOnSmallDebian({ ...options, storeFrom: await madeOnce('store', makeStore) });
}

/** Makes what the run shares, by its name, unless it is there: whole or not at all. Returns where it is. */
async function madeOnce(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(inject('sharedFolder'), name);
  const made = await withLock(`${path}.made`, new AbortController().signal, async () => {
    if (existsSync(path)) return ok(path);
    const unfinished = `${path}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await make(unfinished);
    await rename(unfinished, path);
    return ok(path);
  });
  if (!made.ok) throw new Error(made.failures[0].message);
  return made.value;
}

async function makeStore(store: string): Promise<void> {
  const archive = await fixtureArchive();
  const rig = await rigOnSmallDebian({ archives: [archive] });
  try {
    await writeImages(rig);
    await rig.must(['lock', 'base']);
    await rig.must(['build', 'base']);
    // Unpacks it for the engine, for all copies. The image's user is to see the folder, which belongs to root.
    await chmod(rig.folder, 0o755);
    await rig.must(['shell', 'base', '--', 'true']);
    await moveStore(rig.store, store);
  } finally {
    await rig.remove();
    await archive.stop();
  }
}

/** Moves a store, without what an engine keeps in it by absolute paths. */
async function moveStore(from: string, to: string): Promise<void> {
  const buildah = join(from, 'engine', 'buildah');
  for (const name of await readdir(buildah))
    if (name !== 'layers') await rm(join(buildah, name), { recursive: true });
  await rename(from, to);
}
