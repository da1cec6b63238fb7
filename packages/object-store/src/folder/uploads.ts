import { join } from 'node:path';
import { removeOldFiles } from '@image-tooling/host';

/** Files that are being written or deleted: on the same file system, and not the name of an object. */
export const UPLOADS = '.uploads';

/** No upload takes as long. */
const STALE_MS = 24 * 3_600_000;

const cleaned = new Set<string>();

/** Removes what killed processes left in a store, once in the life of this process. */
export async function removeStaleUploads(root: string): Promise<void> {
  if (cleaned.has(root)) return;
  cleaned.add(root);
  await removeOldFiles(join(root, UPLOADS), STALE_MS);
}
