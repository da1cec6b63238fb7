import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isErrno } from '@image-tooling/host';
import { xzContentSize } from './xz-size';

const unzip = promisify(gunzip);

/** A content that is larger than the limit it was given. */
export class TooLarge extends Error {}

/** How Debian compresses packages' members and indexes (deb(5), "data.tar"). */
export type Packing = 'xz' | 'gz' | 'zst' | 'none';

/**
 * Decompresses off the main thread. Throws `TooLarge` where the content has more than `maxBytes`, and an Error
 * for damaged data.
 */
export async function unpack(data: Buffer, packing: Packing, maxBytes: number): Promise<Buffer> {
  switch (packing) {
    case 'xz':
      return unpackXz(data, maxBytes);
    case 'gz':
      return unzip(data, { maxOutputLength: maxBytes }).catch((error: unknown) => {
        throw isErrno(error) && error.code === 'ERR_BUFFER_TOO_LARGE' ? new TooLarge() : error;
      });
    case 'zst':
      return unpackZstd(data, maxBytes);
    case 'none':
      return data;
  }
}

/** The decoder has no limit of its own: the size is read from the stream's index first, which it checks at the end. */
async function unpackXz(data: Buffer, maxBytes: number): Promise<Buffer> {
  if (xzContentSize(data) > maxBytes) throw new TooLarge();
  const { decompress } = await import('@napi-rs/lzma/xz');
  return decompress(data);
}

async function unpackZstd(data: Buffer, maxBytes: number): Promise<Buffer> {
  const { decompress } = await import('@mongodb-js/zstd');
  const content = await decompress(data);
  if (content.length > maxBytes) throw new TooLarge();
  return content;
}
