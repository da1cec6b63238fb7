import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makerOf, temporaryName } from './owner';

/** Leftovers whose maker can't be looked up from here (another container) are kept this long. */
const FOREIGN_HOURS = 24;

/** Removes what processes that are no more left in the temporary folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (await isLeftover(path, name)) await rm(path, { recursive: true, force: true });
  }
}

/** A new folder of this process, removed by a later run if this one dies. */
export async function makeTemporaryFolder(folder: string, label: string): Promise<string> {
  const path = join(folder, temporaryName(label));
  await mkdir(path, { recursive: true });
  return path;
}

async function isLeftover(path: string, name: string): Promise<boolean> {
  const maker = makerOf(name);
  if (maker !== 'foreign') return maker === 'dead';
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > FOREIGN_HOURS * 3_600_000;
}
