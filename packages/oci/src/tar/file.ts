import { open } from 'node:fs/promises';
import type { Digest, Result } from '@image-tooling/model';
import { caught } from '../fault';
import { HashedStream } from '../layer/hashed-stream';
import type { TarEntry } from './entry';
import { orderEntries, tarOf } from './write';

export interface TarFile {
  /** sha256 of the tar. */
  readonly diffId: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Writes entries as an uncompressed tar to a file of the caller's. Fails as `writeLayer` does. */
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
