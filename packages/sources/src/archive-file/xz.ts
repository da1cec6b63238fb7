import { Readable } from 'node:stream';
import { XzReadableStream } from 'xz-decompress';

/** The content of what xz compressed, piece by piece. */
export function xzContent(source: Readable): Readable {
  const compressed = Readable.toWeb(source) as ReadableStream<Uint8Array>;
  return Readable.fromWeb(new XzReadableStream(compressed) as Parameters<typeof Readable.fromWeb>[0]);
}
