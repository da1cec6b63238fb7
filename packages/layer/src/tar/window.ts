import type { FileHandle } from 'node:fs/promises';

const WINDOW = 256 * 1024;

/** Reads small pieces of a file, mostly forwards, with few system calls. */
export class WindowReader {
  private buffer = Buffer.allocUnsafeSlow(WINDOW);
  private window = this.buffer.subarray(0, 0);
  private start = 0;

  constructor(private readonly handle: FileHandle) {}

  /** Returns `length` bytes from `offset`, valid until the next read; undefined if the file ends before. */
  async read(offset: number, length: number): Promise<Buffer | undefined> {
    const end = this.start + this.window.length;
    if (offset < this.start || offset + length > end) await this.fill(offset, length);
    const from = offset - this.start;
    return from + length > this.window.length ? undefined : this.window.subarray(from, from + length);
  }

  private async fill(offset: number, length: number): Promise<void> {
    if (length > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await this.handle.read(this.buffer, 0, this.buffer.length, offset);
    this.window = this.buffer.subarray(0, bytesRead);
    this.start = offset;
  }
}
