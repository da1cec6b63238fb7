import { caught, valueOf } from '@image-tooling/host';
import type { Compression, Layer, Result } from '@image-tooling/model';
import { checkedTar, compressedForExport } from '@image-tooling/layer';
import type { PutBlob, PutOptions } from '../store/blobs';
import type { Store } from '../store/store';

/** A destination for blobs: the store, or the folder of an export. */
export interface BlobSink {
  putBlobFromStream(source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<Result<PutBlob>>;
}

/**
 * Yields the tar of a layer in the store. Throws a `Fault` with `store-corrupt` if the digest of blob or tar is wrong.
 */
export function layerTar(
  layer: Pick<Layer, 'digest' | 'diffId' | 'compression'>,
  store: Store,
): AsyncIterable<Uint8Array> {
  return checkedTar(store.blobPieces(layer.digest), layer, (found) => ({
    code: 'store-corrupt',
    message: `The tar in blob ${layer.digest} is ${found}, but the layer's diff id is ${layer.diffId}.`,
    hint: 'Build again with --skip-nx-cache, which builds the layer again.',
    place: { file: store.blobPath(layer.digest) },
  }));
}

/**
 * Writes the layer with another compression to `to` (default: the store), for an export: gzip's bytes may differ from
 * those on other machines. Fails with `store-corrupt`, `disk-full`, `io` or `aborted`.
 */
export async function recompress(
  layer: Layer,
  compression: Compression,
  options: { readonly store: Store; readonly to?: BlobSink; readonly signal?: AbortSignal },
): Promise<Result<Layer>> {
  const { store, to = store, signal } = options;
  return caught(store.blobPath(layer.digest), async () => {
    const tar = layerTar(layer, store);
    const blob = valueOf(await to.putBlobFromStream(compressedForExport(tar, compression), { signal }));
    return { ...layer, digest: blob.digest, size: blob.size, compression };
  });
}
