import { valueOf } from '@image-tooling/host';
import { sha256OfContentKey, type ObjectStore } from '@image-tooling/object-store';
import type { CacheSource } from './source';

/**
 * Returns a bucket or a folder as a source: each entry is an object, its hash the key. Layers are stored again, so that
 * rules of a bucket find them as young as the newest entry that needs them, and damaged ones are replaced.
 */
export function openObjects(store: ObjectStore): CacheSource {
  return {
    name: store.name,
    get: async (hash, signal) => valueOf(await store.get(hash, { signal })),
    put: async (hash, entry, signal) =>
      valueOf(await store.put(hash, entry, { signal, replaces: sha256OfContentKey(hash) !== undefined })),
    remove: async (hash, signal) => valueOf(await store.delete(hash, { signal })),
    close: () => store.close(),
  };
}
