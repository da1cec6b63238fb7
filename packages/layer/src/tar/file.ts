import { open } from 'node:fs/promises';
import {
  caught,
  checkSignal,
  destinationName,
  type Destination,
  writeDestination,
} from '@image-tooling/host';
import type { Digest, Result } from '@image-tooling/model';
import { HashedStream } from '../hashed-stream';
import type { TarEntry } from './entry';
import { orderEntries, tarOf } from './write';

export interface TarFile {
  /** sha256 of the tar. */
  readonly diffId: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Writes entries as an uncompressed tar to an open file. Fails as `writeLayer` does. */
export async function writeTarFile(
  entries: readonly TarEntry[],
  file: string,
  signal?: AbortSignal,
): Promise<Result<TarFile>> {
  return caught(file, async () => {
    const tar = new HashedStream(tarOf(orderEntries(entries), { signal }));
    const handle = await open(file, 'w');
    try {
      for await (const piece of tar) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
    return { diffId: tar.digest(), size: tar.size };
  });
}

/**
 * Writes entries as an uncompressed tar to a destination of the user. Fails as `writeLayer` does, and with `io` if its
 * reader stops reading.
 */
export async function sendTar(
  entries: readonly TarEntry[],
  to: Destination,
  signal?: AbortSignal,
): Promise<Result<TarFile>> {
  return caught(destinationName(to), async () => {
    const tar = new HashedStream(tarOf(orderEntries(entries), { signal }));
    try {
      await writeDestination(to, tar, signal);
    } catch (error) {
      checkSignal(signal);
      throw error;
    }
    return { diffId: tar.digest(), size: tar.size };
  });
}
