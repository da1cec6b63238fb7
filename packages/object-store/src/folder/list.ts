import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, failureOf, mapConcurrent } from '@image-tooling/host';
import { isKey } from '../object/key';
import type { ListedObject } from '../object/port';
import { ignoreMissing } from './missing';

/** Yields the objects of a folder whose keys begin with `prefix`. Files that disappear are left out. */
export async function* listFolder(root: string, prefix: string): AsyncGenerator<ListedObject> {
  const above = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (above !== '' && !isKey(above.slice(0, -1))) return;
  try {
    yield* listBelow(root, above, prefix);
  } catch (error) {
    throw new Fault(failureOf(error, root));
  }
}

async function* listBelow(root: string, above: string, prefix: string): AsyncGenerator<ListedObject> {
  const found = (await entriesOf(join(root, above))).filter(({ name }) => isWanted(above + name, prefix));
  const files = found.filter((entry) => entry.isFile());
  const listed = await mapConcurrent(files, ({ name }) => describe(root, above + name));
  yield* listed.filter((object) => object !== undefined);
  for (const folder of found.filter((entry) => entry.isDirectory()))
    yield* listBelow(root, `${above}${folder.name}/`, prefix);
}

/** A folder is wanted too if its name is the beginning of the prefix. */
function isWanted(key: string, prefix: string): boolean {
  return isKey(key) && (key.startsWith(prefix) || prefix.startsWith(`${key}/`));
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => ignoreMissing(error, []));
}

async function describe(root: string, key: string): Promise<ListedObject | undefined> {
  const found = await stat(join(root, key)).catch((error: unknown) => ignoreMissing(error, undefined));
  return found && { key, size: found.size, storedAt: found.mtimeMs };
}
