import type { Store } from '@image-tooling/oci';
import type { ListCache, ReleaseFetch } from '@image-tooling/sources';

/** Returns the store as a cache of downloads: package lists, .debs, vendors' files, npm packages. */
export function blobCache(store: Store): ReleaseFetch['cache'] & ListCache {
  return {
    blobPath: (digest) => store.blobPath(digest),
    hasBlob: (digest) => store.hasBlob(digest),
    verifyBlob: (digest, signal) => store.verifyBlob(digest, signal),
    putBlobFromBytes: (bytes, digest) => store.putBlobFromBytes(bytes, { expected: digest }),
    putBlobFromFile: (path, digest) => store.putBlobFromFile(path, { expected: digest }),
  };
}
