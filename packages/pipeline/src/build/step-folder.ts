import { copyFile, link, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { caught, isErrno } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { FetchedDeb } from '@image-tooling/sources';

/**
 * Fills a folder with .debs under their own names: links into the store, or copies if it is on another disk.
 * Fails with `disk-full` or `io`.
 */
export function linkDebs(folder: string, debs: readonly FetchedDeb[]): Promise<Result<void>> {
  return caught(folder, async () => {
    await mkdir(folder, { recursive: true });
    await Promise.all(debs.map((deb) => linkOrCopy(deb.file, join(folder, basename(deb.path)))));
  });
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!isErrno(error) || error.code !== 'EXDEV') throw error;
    await copyFile(from, to);
  }
}
