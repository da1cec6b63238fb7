import { valueOf } from '@image-tooling/host';
import type { ObjectStore } from '@image-tooling/object-store';
import type { CacheSource } from './source';

/** Returns a bucket or a folder as a source: each entry is an object, its hash the key. */
export function openObjects(store: ObjectStore): CacheSource {
  return {
    name: store.name,
    get: async (hash, signal) => valueOf(await store.get(hash, { signal })),
    put: async (hash, entry, signal) => valueOf(await store.put(hash, entry, { signal })),
    remove: async (hash, signal) => valueOf(await store.delete(hash, { signal })),
    close: () => store.close(),
  };
}
