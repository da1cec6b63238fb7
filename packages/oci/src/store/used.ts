import { stat, utimes } from 'node:fs/promises';
import { isErrno } from '@image-tooling/host';

/**
 * A build uses the same file many times; its time is written at most this often. Must be far below `GRACE_MS`, so that
 * a file in use never looks unused.
 */
const WRITTEN_EVERY_MS = 600_000;

/** Files that were created or used within this time may belong to a running build: they are not removed. */
export const GRACE_MS = 3_600_000;

/**
 * Records that a file of the store is in use: its modification time is the time of its last use. Returns false if
 * there is no such file; a file that can't be written to (another user's) counts as used.
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
