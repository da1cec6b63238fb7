import { Fault } from '@image-tooling/host';
import type { Digest, Failure, Layer } from '@image-tooling/model';
import { decompressed } from '../compress/decompress';
import { HashedStream } from '../hashed-stream';

/**
 * Yields the tar in a layer's blob, and compares it with the layer's diff id at its end. Throws a `Fault`: `truncated`
 * or `tar-format` for a blob that can't be decompressed, else the result of `mismatch` for the actual diff id.
 */
export async function* checkedTar(
  blob: AsyncIterable<Uint8Array>,
  layer: Pick<Layer, 'diffId' | 'compression'>,
  mismatch: (found: Digest) => Failure,
): AsyncGenerator<Uint8Array> {
  const tar = new HashedStream(decompressed(blob, layer.compression));
  yield* tar;
  const found = tar.digest();
  if (found !== layer.diffId) throw new Fault(mismatch(found));
}
