import { open, rm, type FileHandle } from 'node:fs/promises';
import type { ContentRange } from '@image-tooling/layer';
import type { RandomBytes } from '../go-program';

/** A part of a file on this machine. */
export class FileRange implements RandomBytes {
  private constructor(
    private readonly handle: FileHandle,
    private readonly offset: number,
    readonly size: number,
  ) {}

  static async open({ file, offset, length }: ContentRange): Promise<FileRange> {
    return new FileRange(await open(file), offset, length);
  }

  read(offset: number, length: number): Promise<Buffer> {
    return bytesOf(this.handle, this.offset, this.size, { offset, length });
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** A copy of a stream on disk, until it is closed. */
export class Copy implements RandomBytes {
  size = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(path: string): Promise<Copy> {
    return new Copy(path, await open(path, 'w+'));
  }

  async write(piece: Uint8Array): Promise<void> {
    await this.handle.write(piece, 0, piece.length, this.size);
    this.size += piece.length;
  }

  read(offset: number, length: number): Promise<Buffer> {
    return bytesOf(this.handle, 0, this.size, { offset, length });
  }

  async close(): Promise<void> {
    await this.handle.close();
    await rm(this.path, { force: true });
  }
}

/** `wanted`: a part of the `size` bytes from `start` of the file. */
async function bytesOf(
  handle: FileHandle,
  start: number,
  size: number,
  wanted: { readonly offset: number; readonly length: number },
): Promise<Buffer> {
  const { offset, length } = wanted;
  if (!Number.isSafeInteger(offset) || offset < 0 || offset >= size) return Buffer.alloc(0);
  const buffer = Buffer.allocUnsafeSlow(Math.min(length, size - offset));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start + offset);
  return buffer.subarray(0, bytesRead);
}
