import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { caught } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { decompressed, type Packing } from './decompress';
import { tooLarge } from './faults';
import { xzOnThread } from './xz-thread';

export interface UnpackFile {
  readonly file: string;
  readonly packing: Packing;
  /** The file for the content. */
  readonly to: string;
  /** Bytes of content. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** The default limit of zstd's own decoder: 128 MiB (zstd(1), --long; ZSTD_WINDOWLOG_LIMIT_DEFAULT). */
const MOST_WINDOW = 2 ** 27;
const PIECE = 256 * 1024;

/**
 * Decompresses an external file in bounded memory. Returns the content's bytes. Fails with `truncated`,
 * `tar-format` (damaged, other bytes after the end, a zstd window of more than 128 MiB), `too-large`, `disk-full`,
 * `io` and `aborted`.
 */
export async function unpackFile({ file, packing, to, most, signal }: UnpackFile): Promise<Result<number>> {
  return caught(to, async () => {
    const source = createReadStream(file, { highWaterMark: PIECE });
    const content = decompressed(source, packing, { window: MOST_WINDOW, content: most });
    const target = createWriteStream(to);
    await pipeline(atMost(content, most), target, { signal });
    return target.bytesWritten;
  });
}

/**
 * Decompresses external bytes, off the main thread. Fails as `unpackFile` does, before more than `most`
 * bytes of content are in memory.
 */
export async function unpackBytes(bytes: Buffer, packing: Packing, most: number): Promise<Result<Buffer>> {
  return caught('memory', async () => {
    if (packing === 'none') return bytes;
    if (packing === 'xz') return xzOnThread(bytes, most);
    const limits = { window: MOST_WINDOW, content: most, whole: most };
    return gather(atMost(decompressed(onePiece(bytes), packing, limits), most));
  });
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function* atMost(content: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > most) throw tooLarge(most);
    yield piece;
  }
}

async function gather(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  const [first] = pieces;
  return pieces.length === 1 && first
    ? Buffer.from(first.buffer, first.byteOffset, first.length)
    : Buffer.concat(pieces);
}
