import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  caught,
  makeFolder,
  readRegularFile,
  sha256OfFile,
  valueOf,
  writeFileAtomic,
} from '@image-tooling/host';
import { hexOf, jsonObject, type Result } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import type { ScannerLock } from '@image-tooling/scan';

/** Next to the files of a kept database: their sha256. It is written last. */
const HASHES = 'kept.json';
const hashes = z.record(z.string(), z.string());
const MOST_BYTES = 65_536;
/** Another database of the scanner is removed when it was not used for this long. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

type Named = Pick<ScannerLock, 'scanner' | 'digest'>;

/** Returns the folder of an unpacked database; undefined if it is not kept, or damaged. */
export async function keptDatabase(store: Pick<Store, 'root'>, lock: Named): Promise<string | undefined> {
  const folder = folderOf(store, lock);
  const read = await readRegularFile(join(folder, HASHES), MOST_BYTES);
  const parsed = hashes.safeParse(read.ok && read.value ? jsonObject(read.value) : undefined);
  if (!parsed.success) return undefined;
  for (const [file, sha256] of Object.entries(parsed.data))
    if ((await sha256OfFile(join(folder, file)).catch(() => undefined)) !== sha256) return undefined;
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined);
  return folder;
}

/** Moves an unpacked database into the store, and removes others of the scanner that are no longer used. */
export async function keepDatabase(
  store: Pick<Store, 'root'>,
  lock: Named,
  unpacked: string,
): Promise<Result<string>> {
  const folder = folderOf(store, lock);
  return caught(folder, async () => {
    const names = (await readdir(unpacked, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(unpacked.length + 1));
    const found = await Promise.all(
      names.map(async (name) => [name, await sha256OfFile(join(unpacked, name))] as const),
    );
    valueOf(await writeFileAtomic(join(unpacked, HASHES), JSON.stringify(Object.fromEntries(found))));
    await makeFolder(join(folder, '..'));
    await removeUnused(store, lock);
    await rm(folder, { recursive: true, force: true });
    await rename(unpacked, folder);
    return folder;
  });
}

async function removeUnused(store: Pick<Store, 'root'>, { scanner }: Named): Promise<void> {
  const root = join(store.root, FOLDER);
  for (const name of await readdir(root)) {
    const { mtimeMs } = await stat(join(root, name));
    const isOld = name.startsWith(`${scanner}-`) && Date.now() - mtimeMs > KEPT_MS;
    if (isOld) await rm(join(root, name), { recursive: true, force: true });
  }
}

const FOLDER = 'scanners';

function folderOf({ root }: Pick<Store, 'root'>, { scanner, digest }: Named): string {
  return join(root, FOLDER, `${scanner}-${hexOf(digest)}`);
}
