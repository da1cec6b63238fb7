import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { discard } from '@image-tooling/host';

/** Files that are being written: on the same file system, and not the name of an object. */
export const UPLOADS = '.uploads';

/** No upload takes as long. */
const STALE_MS = 24 * 3_600_000;

const cleaned = new Set<string>();

/** Removes what killed processes left in a store, once in the life of this process. */
export async function removeStaleUploads(root: string): Promise<void> {
  if (cleaned.has(root)) return;
  cleaned.add(root);
  const folder = join(root, UPLOADS);
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_MS) await discard(join(folder, name));
  }
}
