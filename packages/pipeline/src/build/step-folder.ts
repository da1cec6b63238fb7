import { copyFile, link, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isErrno, ioFailure } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { FetchedDeb } from '@image-tooling/sources';

/**
 * Fills a folder with .debs under their own names: links into the store, or copies if it is on another disk.
 * Fails with `disk-full` or `io`.
 */
export async function linkDebs(folder: string, debs: readonly FetchedDeb[]): Promise<Result<void>> {
  try {
    await mkdir(folder, { recursive: true });
    await Promise.all(debs.map((deb) => linkOrCopy(deb.file, join(folder, basename(deb.path)))));
    return ok(undefined);
  } catch (error) {
    return fail(ioFailure(error, folder));
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!isErrno(error) || error.code !== 'EXDEV') throw error;
    await copyFile(from, to);
  }
}
