import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '@image-tooling/host';
import type { Compression } from '@image-tooling/model';
import { zstdDecompressed } from './zstd-decompress';

/** The tar inside a blob, piece by piece, in bounded memory. Throws a `Fault`: `truncated` or `tar-format`. */
export function decompressed(
  blob: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncIterable<Uint8Array> {
  if (compression === 'none') return blob;
  return compression === 'zstd' ? zstdDecompressed(blob) : gunzipped(blob);
}

/** zlib reads on over all members (RFC 1952, section 2.2). */
async function* gunzipped(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  pipeline(Readable.from(blob), gunzip, () => undefined); // Its error comes out of the loop below.
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw gzipFault(error as NodeJS.ErrnoException);
  }
}

function gzipFault(error: NodeJS.ErrnoException): Error {
  if (error.code === 'Z_BUF_ERROR')
    return new Fault({ code: 'truncated', message: 'A gzip stream ends before its content does.' });
  if (!error.code?.startsWith('Z_')) return error;
  return new Fault({
    code: 'tar-format',
    message: `A blob that should be gzip is not: ${error.message}.`,
  });
}
