import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Compression } from '@image-tooling/model';
import { compressChunks, type CompressChunk } from './chunks';
import { gzipOnThread } from './gzip-thread';

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
  return compressChunks(tar, compression === 'zstd' ? zstdFrame : portableGzipMember);
}

/**
 * Compresses a tar as `compressed` does, but gzip with Node's zlib, three times as fast: the same bytes on one machine,
 * while other processors and versions of Node may return other bytes.
 */
export function compressedForExport(
  tar: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncIterable<Uint8Array> {
  return compression === 'gzip' ? compressChunks(tar, zlibMember) : compressed(tar, compression);
}

/** Loaded on first use: most runs compress nothing. */
const zstdFrame: CompressChunk = async (chunk) => {
  const { compress } = await import('@mongodb-js/zstd');
  return compress(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), ZSTD_LEVEL);
};

/** In JavaScript on purpose: Node's zlib uses other code, and returns other bytes, on other CPUs. */
const portableGzipMember: CompressChunk = (chunk) => gzipOnThread(chunk, GZIP_LEVEL);

/** Bytes. With zlib's default of 16 KiB, each piece costs a round trip through the thread pool. */
const ZLIB_PIECE = 256 * 1024;

/** On a thread of Node's pool. zlib writes neither time nor name (zlib.h, deflateSetHeader). */
const zlibMember: CompressChunk = (chunk) =>
  promisify(gzip)(chunk, { level: GZIP_LEVEL, chunkSize: ZLIB_PIECE });
