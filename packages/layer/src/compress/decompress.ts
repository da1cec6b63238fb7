import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Compression } from '@image-tooling/model';
import { damaged, endsEarly } from './faults';
import { xzDecompressed } from './xz';
import { zstdDecompressed, type FrameLimits } from './zstd-decompress';

/** Compression formats: layers use the first three; external files also `xz`. */
export type Packing = Compression | 'xz';

/**
 * Yields the decompressed content of a blob in bounded memory. Throws a `Fault`: `truncated`, or `tar-format` if it is
 * damaged or of another format. `limits` are for zstd, whose frames state the memory that they need.
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

/** Bytes. With zlib's default of 16 KiB, each piece costs a round trip through the thread pool. */
const PIECE = 256 * 1024;

/** zlib reads all members (RFC 1952, section 2.2). */
async function* gunzipped(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE });
  pipeline(Readable.from(blob), gunzip, () => undefined); // The loop below throws its error.
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
