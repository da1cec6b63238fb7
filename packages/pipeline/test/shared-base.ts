import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '@image-tooling/host';
import { ok } from '@image-tooling/model';
import { createArchive, createRig, type FixtureArchive, type FixturePackage } from '@image-tooling/testkit';
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

/**
 * Returns a store that has the layers of `BASE_IMAGE`, and the one in which apt resolves: made once in a test
 * run, by the first test that needs it. `storeFrom` copies it. Locks of another state of Debian's archive
 * build again: the same tests, but slower.
 */
export async function storeWithBase(): Promise<string> {
  const store = join(inject('sharedFolder'), 'store');
  const made = await withLock(`${store}.made`, new AbortController().signal, async () => {
    if (!existsSync(store)) await makeStore(store);
    return ok(store);
  });
  if (!made.ok) throw new Error(made.failures[0].message);
  return made.value;
}

async function makeStore(store: string): Promise<void> {
  const archive = await fixtureArchive();
  const rig = await createRig({ archives: [archive] });
  try {
    await writeImages(rig);
    await rig.must(['lock', 'base']);
    await rig.must(['build', 'base']);
    const copy = await createRig({ storeFrom: rig.store });
    await rename(copy.store, store);
    await copy.remove();
  } finally {
    await rig.remove();
    await archive.stop();
  }
}
