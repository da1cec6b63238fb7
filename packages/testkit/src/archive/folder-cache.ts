import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf, ok, type Digest } from '@image-tooling/model';
import type { BlobCache } from '@image-tooling/sources';

/** Returns a cache of downloads whose files are in a folder. */
export function folderCache(folder: string): BlobCache {
  const blobPath = (digest: Digest): string => join(folder, hexOf(digest));
  return {
    blobPath,
    hasBlob: (digest) => existsSync(blobPath(digest)),
    async putBlobFromFile(path, digest) {
      await rename(path, blobPath(digest));
      return ok(undefined);
    },
  };
}
