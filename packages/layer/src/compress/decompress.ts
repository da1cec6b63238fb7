import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Compression } from '@image-tooling/model';
import { damaged, endsEarly } from './faults';
import { xzDecompressed } from './xz';
import { zstdDecompressed, type FrameLimits } from './zstd-decompress';

/** How bytes are compressed: layers in one of the first three, files of others in `xz` too. */
export type Packing = Compression | 'xz';

/**
 * Returns what is compressed in a blob, piece by piece, in bounded memory. Throws a `Fault`: `truncated`, or
 * `tar-format` where it is damaged or something else. `limits` are for zstd, whose frames say what memory they need.
 */
export function decompressed(
  blob: AsyncIterable<Uint8Array>,
  packing: Packing,
  limits?: FrameLimits,
): AsyncIterable<Uint8Array> {
  switch (packing) {
    case 'none':
      return blob;
    case 'zstd':
      return zstdDecompressed(blob, limits);
    case 'gzip':
      return gunzipped(blob);
    case 'xz':
      return xzDecompressed(blob);
  }
}

/** Bytes. zlib's own 16 KiB cost a round trip through the thread pool each. */
const PIECE = 256 * 1024;

/** zlib reads on over all members (RFC 1952, section 2.2). */
async function* gunzipped(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE });
  pipeline(Readable.from(blob), gunzip, () => undefined); // Its error comes out of the loop below.
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw gzipFault(error as NodeJS.ErrnoException);
  }
}

function gzipFault(error: NodeJS.ErrnoException): Error {
  if (error.code === 'Z_BUF_ERROR') return endsEarly('gzip');
  return error.code?.startsWith('Z_') === true ? damaged('gzip', error.message) : error;
}
