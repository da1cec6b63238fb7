import type { Compression } from '@image-tooling/model';
import { compress as zstdCompress } from '@mongodb-js/zstd';
import { gzip } from 'fflate';
import { compressChunks, type CompressChunk } from './chunks';

/** zstd's default level. A part of every digest, as is the library's version: never change it. */
const ZSTD_LEVEL = 3;
const GZIP_LEVEL = 6;

/**
 * Compresses a tar: the same bytes on every machine. zstd as frames of 8 MiB (RFC 8878, section 3: frames may
 * be concatenated), gzip as members of 8 MiB (RFC 1952, section 2.2), several at once, in bounded memory.
 */
export function compressed(
  tar: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncIterable<Uint8Array> {
  if (compression === 'none') return tar;
  return compressChunks(tar, compression === 'zstd' ? zstdFrame : gzipMember);
}

const zstdFrame: CompressChunk = (chunk) =>
  zstdCompress(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), ZSTD_LEVEL);

/**
 * In JavaScript on purpose: zlib as Node brings it takes other paths, and gives other bytes, on other CPUs.
 * The header has neither time nor name.
 */
const gzipMember: CompressChunk = (chunk) =>
  new Promise((resolve, reject) =>
    gzip(chunk, { level: GZIP_LEVEL, mtime: 0 }, (error, member) =>
      error ? reject(error) : resolve(member),
    ),
  );
