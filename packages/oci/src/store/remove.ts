import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, newOwnedName } from '@image-tooling/host';

/**
 * Takes a file out of the store, unless it was used after `usedMs`; tells whether it is gone. It is put aside before
 * its time is looked at: a use at that very moment is either seen here, and the file comes back, or finds nothing
 * and makes it anew (see `markUsed`). A kill in between leaves it in the folder for temporary files.
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
