import type { Compression, Layer, Result } from '@image-tooling/model';
import { compressed, decompressed, HashedStream } from '@image-tooling/layer';
import { caught, Fault, valueOf } from '../fault';
import type { PutBlob, PutOptions } from '../store/blobs';
import type { Store } from '../store/store';

/** Where blobs can be put: the store, or the folder of an export. */
export interface BlobSink {
  putBlobFromStream(source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<Result<PutBlob>>;
}

/**
 * The tar of a layer in the store. Blob and tar are hashed on the way; throws a `Fault` with `store-corrupt`
 * where either is not what the layer says.
 */
export async function* layerTar(
  layer: Pick<Layer, 'digest' | 'diffId' | 'compression'>,
  store: Store,
): AsyncGenerator<Uint8Array> {
  const tar = new HashedStream(decompressed(store.blobPieces(layer.digest), layer.compression));
  yield* tar;
  const found = tar.digest();
  if (found === layer.diffId) return;
  throw new Fault({
    code: 'store-corrupt',
    message: `The tar in blob ${layer.digest} is ${found}, but the layer's diff id is ${layer.diffId}.`,
    hint: 'Build again with --skip-nx-cache: the layer is made anew.',
    place: { file: store.blobPath(layer.digest) },
  });
}

/**
 * The same layer with another compression, in `to` (default: the store). Fails with `store-corrupt`,
 * `disk-full`, `io` or `aborted`.
 */
export async function recompress(
  layer: Layer,
  compression: Compression,
  options: { readonly store: Store; readonly to?: BlobSink; readonly signal?: AbortSignal },
): Promise<Result<Layer>> {
  const { store, to = store, signal } = options;
  return caught(store.blobPath(layer.digest), async () => {
    const tar = layerTar(layer, store);
    const blob = valueOf(await to.putBlobFromStream(compressed(tar, compression), { signal }));
    return { ...layer, digest: blob.digest, size: blob.size, compression };
  });
}
