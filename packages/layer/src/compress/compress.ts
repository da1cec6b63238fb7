import type { Compression } from '@image-tooling/model';
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

/** Loaded on first use: most runs compress nothing. */
const zstdFrame: CompressChunk = async (chunk) => {
  const { compress } = await import('@mongodb-js/zstd');
  return compress(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), ZSTD_LEVEL);
};

/**
 * In JavaScript on purpose: Node's zlib uses other code, and returns other bytes, on other CPUs. The header has
 * neither time nor name.
 */
const gzipMember: CompressChunk = async (chunk) => {
  const { gzip } = await import('fflate');
  return new Promise((resolve, reject) =>
    gzip(chunk, { level: GZIP_LEVEL, mtime: 0 }, (error, member) =>
      error ? reject(error) : resolve(member),
    ),
  );
};
