import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, newOwnedName } from '@image-tooling/host';

/**
 * Removes a file from the store, unless it was used after `usedMs`; returns whether it was removed. Renames it before
 * checking its time: a concurrent use is either noticed here, and the file is restored, or finds no file and creates
 * it again (see `markUsed`). A process that is killed during this leaves the file in the folder for temporary files.
 */
export async function removeUnused(
  { path, usedMs }: { readonly path: string; readonly usedMs: number },
  temporary: string,
): Promise<boolean> {
  const aside = join(temporary, newOwnedName('unused'));
  try {
    await rename(path, aside);
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return true;
    throw error;
  }
  const { mtimeMs } = await stat(aside);
  if (mtimeMs > usedMs) {
    await rename(aside, path);
    return false;
  }
  await rm(aside, { force: true });
  return true;
}
