import { stat, utimes } from 'node:fs/promises';
import { isErrno } from '@image-tooling/host';

/**
 * A build asks for the same file many times; its time is written this often at most. It must stay far below
 * `GRACE_MS`, so that a file in use never looks unused.
 */
const WRITTEN_EVERY_MS = 600_000;

/** What was made or used so short a time ago may belong to a build under way: nothing removes it. */
export const GRACE_MS = 3_600_000;

/**
 * Writes down that a file of the store is in use: its modification time is that of its last use. False where
 * there is no such file (any more); one that can't be written to (another user's) is in use all the same.
 */
export async function markUsed(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    const now = Date.now();
    if (now - mtimeMs > WRITTEN_EVERY_MS) await utimes(path, now / 1000, now / 1000);
    return true;
  } catch (error) {
    return !(isErrno(error) && error.code === 'ENOENT');
  }
}
