import { caught, checkSignal } from '@image-tooling/host';
// The file itself: what only reads a registry loads no compressors.
import { HashedStream } from '@image-tooling/layer/hashed-stream';
import type { BlobSink } from '../../layer/convert';
import { wrongHash } from '../../store/blobs';

/** A destination that hashes blobs and keeps nothing. */
export const HASH_ONLY: BlobSink = {
  putBlobFromStream: (source, { expected, signal } = {}) =>
    caught(expected ?? 'a blob', async () => {
      const stream = new HashedStream(source);
      for await (const _ of stream) checkSignal(signal);
      const found = { digest: stream.digest(), size: stream.size };
      if (expected && found.digest !== expected) throw wrongHash(expected, found);
      return found;
    }),
};
