import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { discard, makeFolder, temporaryNeighbour } from '../files';
import type { Destination } from './find';
import { closeSpecial, openSpecial } from './special';

/** Returns the name of a destination for messages. */
export function destinationName(to: Destination): string {
  return to.kind === 'stdout' ? 'standard output' : to.path;
}

/**
 * Writes bytes to a destination. A regular file is replaced after all bytes are written, or left unchanged; its folder
 * is created. Other destinations get the bytes as they come. Throws file system errors, and the signal's reason on
 * abort.
 */
export async function writeDestination(
  to: Destination,
  pieces: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  if (to.kind === 'file') return replaceFile(to.path, pieces, signal);
  if (to.kind === 'stdout') return writePieces(to.stream, pieces, signal);
  const stream = await openSpecial(to.path, signal);
  try {
    await writePieces(stream, pieces, signal);
  } finally {
    await closeSpecial(stream, signal);
  }
}

/** Writes bytes to a temporary file next to `path` and renames it; removes it if that fails. */
export async function replaceFile(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const temporary = temporaryNeighbour(path);
  try {
    await makeFolder(dirname(path));
    await writeNewFile(temporary, pieces, signal);
    await rename(temporary, path);
  } finally {
    await discard(temporary);
  }
}

/**
 * Writes a file that must not exist yet, and syncs it to the disk. Throws file system errors, and the signal's reason
 * on abort; a partial file stays.
 */
export async function writeNewFile(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes pieces one after the other: each is valid only until the next is requested. Leaves the stream open. */
export async function writePieces(
  stream: Writable,
  pieces: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  let fails: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fails = reject));
  failed.catch(() => undefined); // Awaited with each write.
  const onAbort = (): void => fails(signal?.reason as Error);
  stream.on('error', fails);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      await Promise.race([failed, written(stream, piece)]);
    }
  } finally {
    stream.off('error', fails);
    signal?.removeEventListener('abort', onAbort);
  }
}

function written(stream: Writable, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}
