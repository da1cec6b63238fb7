import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isErrno } from '@image-tooling/host';
import { xzContentSize } from './xz-size';
import { zstdBound } from './zstd-bound';

const unzip = promisify(gunzip);

/** A content that is larger than the limit it was given. */
export class TooLarge extends Error {
  constructor(
    /** Bytes. */
    readonly most: number,
  ) {
    super(`it has more than ${most} bytes`);
  }
}

/** How Debian compresses packages' members and indexes (deb(5), "data.tar"). */
export type Packing = 'xz' | 'gz' | 'zst' | 'none';

/**
 * Decompresses off the main thread. Throws `TooLarge` where the content has more than `maxBytes`, before more than that
 * is in memory, and an Error for damaged data.
 */
export async function unpack(data: Buffer, packing: Packing, maxBytes: number): Promise<Buffer> {
  switch (packing) {
    case 'xz':
      return unpackXz(data, maxBytes);
    case 'gz':
      return unzip(data, { maxOutputLength: maxBytes }).catch((error: unknown) => {
        throw isErrno(error) && error.code === 'ERR_BUFFER_TOO_LARGE' ? new TooLarge(maxBytes) : error;
      });
    case 'zst':
      return unpackZstd(data, maxBytes);
    case 'none':
      return data;
  }
}

/** The decoder has no limit of its own: the size is known before it starts. */
async function unpackXz(data: Buffer, maxBytes: number): Promise<Buffer> {
  if (xzContentSize(data) > maxBytes) throw new TooLarge(maxBytes);
  const { decompress } = await import('@napi-rs/lzma/xz');
  return decompress(data);
}

/** The native decoder has no limit either, and zstd says before only what a content has at most. */
async function unpackZstd(data: Buffer, maxBytes: number): Promise<Buffer> {
  if (zstdBound(data) > maxBytes) return countedZstd(data, maxBytes);
  const { decompress } = await import('@mongodb-js/zstd');
  return decompress(data);
}

/** Slower than the native decoder, block by block: it stops where the limit is passed. */
async function countedZstd(data: Buffer, maxBytes: number): Promise<Buffer> {
  const { Decompress } = await import('fzstd');
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const decoder = new Decompress((piece) => {
    bytes += piece.length;
    if (bytes > maxBytes) throw new TooLarge(maxBytes);
    pieces.push(piece.slice());
  });
  decoder.push(data, true);
  return Buffer.concat(pieces, bytes);
}
