import { caught, valueOf } from '@image-tooling/host';
import type { Compression, Layer, Result } from '@image-tooling/model';
import {
  compressed,
  orderEntries,
  tarOf,
  HashedStream,
  indexPaths,
  type TarEntry,
  type PathIndex,
} from '@image-tooling/layer';
import type { Store } from '../store/store';

export interface WriteLayerOptions {
  readonly compression: Compression;
  readonly store: Store;
  readonly signal?: AbortSignal;
}

export interface WrittenLayer {
  readonly layer: Layer;
  readonly paths: PathIndex;
  /** In the order of the tar. */
  readonly entries: readonly TarEntry[];
}

/**
 * Writes entries as a layer into the store: tar, both hashes and compression in one pass, in bounded memory. Equal
 * entries result in equal bytes, in any order. Fails with `tar-format` (dangling hard link, duplicate path),
 * `truncated` (a content that changed), `disk-full`, `io` or `aborted`.
 */
export async function writeLayer(
  entries: readonly TarEntry[],
  { compression, store, signal }: WriteLayerOptions,
): Promise<Result<WrittenLayer>> {
  return caught('layer', async () => {
    const ordered = orderEntries(entries);
    const tar = new HashedStream(tarOf(ordered, { signal }));
    const blob = valueOf(await store.putBlobFromStream(compressed(tar, compression), { signal }));
    return {
      layer: { diffId: tar.digest(), digest: blob.digest, size: blob.size, tarSize: tar.size, compression },
      paths: indexPaths(ordered),
      entries: ordered,
    };
  });
}
