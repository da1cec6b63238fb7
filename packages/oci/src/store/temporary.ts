import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newOwnedName, ownerOf } from '@image-tooling/host';

/** Leftovers whose owner can't be checked (another container) are kept this long. */
const FOREIGN_HOURS = 24;

/** Removes leftovers of ended processes from the temporary folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (await isLeftover(path, name)) await rm(path, { recursive: true, force: true });
  }
}

/** Creates a folder of this process; a later run removes it if this one dies. */
export async function makeTemporaryFolder(folder: string, label: string): Promise<string> {
  const path = join(folder, newOwnedName(label));
  await mkdir(path, { recursive: true });
  return path;
}

async function isLeftover(path: string, name: string): Promise<boolean> {
  const owner = ownerOf(name);
  if (owner !== 'foreign') return owner === 'dead';
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > FOREIGN_HOURS * 3_600_000;
}
