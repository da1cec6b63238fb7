import type { Store } from '@image-tooling/oci';
import type { ReleaseFetch } from '@image-tooling/sources';

/** Returns the store as a cache of downloads: .debs, vendors' files, npm packages. */
export function blobCache(store: Store): ReleaseFetch['cache'] {
  return {
    blobPath: (digest) => store.blobPath(digest),
    hasBlob: (digest) => store.hasBlob(digest),
    verifyBlob: (digest, signal) => store.verifyBlob(digest, signal),
    putBlobFromFile: (path, digest) => store.putBlobFromFile(path, { expected: digest }),
  };
}
