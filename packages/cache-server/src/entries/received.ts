import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { discard, makeFolder, removeOldFiles } from '@image-tooling/host';

/** Content of a request or of the store, complete: in memory if it is small, else in a temporary file. */
export interface Received {
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** The content, from an offset. */
  open(from?: number): AsyncIterable<Uint8Array>;
  /** Removes the temporary file. Never fails. */
  discard(): Promise<void>;
}

/** Content up to this size stays in memory: most entries of Nx are smaller, and 1,000 of them are 64 MB. */
export const SMALL_BYTES = 65_536;

export class TooLarge extends Error {}

/** No request takes as long. */
const LEFT_MS = 2 * 3_600_000;

/** Removes temporary files that a killed server left. Never fails. */
export function removeLeftFiles(folder: string): Promise<void> {
  return removeOldFiles(folder, LEFT_MS);
}

/**
 * Reads a stream to its end. Throws `TooLarge` above `most` bytes, the stream's errors, and file system errors; then
 * nothing is left behind.
 */
export async function receive(
  stream: AsyncIterable<Uint8Array>,
  { folder, most }: { readonly folder: string; readonly most: number },
): Promise<Received> {
  const spool = new Spool(folder);
  try {
    for await (const piece of stream) {
      if (spool.size + piece.byteLength > most) throw new TooLarge();
      await spool.add(piece);
    }
    return await spool.finish();
  } catch (error) {
    await spool.discard();
    throw error;
  }
}

class Spool {
  size = 0;
  private readonly hash = createHash('sha256');
  private pieces: Uint8Array[] = [];
  private path: string | undefined;
  private file: FileHandle | undefined;

  constructor(private readonly folder: string) {}

  async add(piece: Uint8Array): Promise<void> {
    this.size += piece.byteLength;
    this.hash.update(piece);
    if (this.file) await this.file.writeFile(piece);
    else {
      this.pieces.push(piece);
      if (this.size > SMALL_BYTES) await this.moveToFile();
    }
  }

  async finish(): Promise<Received> {
    await this.file?.close();
    this.file = undefined;
    const { size, path, pieces } = this;
    const open = (from = 0) =>
      path === undefined ? [Buffer.concat(pieces).subarray(from)] : createReadStream(path, { start: from });
    return {
      ...{ size, sha256: this.hash.digest('hex') },
      open: (from) => toAsync(open(from)),
      discard: () => this.discard(),
    };
  }

  async discard(): Promise<void> {
    await this.file?.close().catch(() => undefined);
    this.file = undefined;
    if (this.path !== undefined) await discard(this.path);
  }

  private async moveToFile(): Promise<void> {
    await makeFolder(this.folder);
    this.path = join(this.folder, `${process.pid}-${randomBytes(8).toString('hex')}`);
    this.file = await open(this.path, 'wx', 0o600);
    for (const piece of this.pieces) await this.file.writeFile(piece);
    this.pieces = [];
  }
}

async function* toAsync(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
