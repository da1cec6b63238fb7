/** Reads exact numbers of bytes from a stream. */
export class ByteSource {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; fewer (at last none) where the stream ends before. */
  async read(length: number): Promise<Buffer> {
    const parts = [this.rest];
    let have = this.rest.length;
    while (have < length) {
      const next = await this.iterator.next();
      if (next.done) break;
      parts.push(Buffer.from(next.value));
      have += next.value.length;
    }
    const all = parts.length === 1 ? this.rest : Buffer.concat(parts);
    this.rest = all.subarray(length);
    return all.subarray(0, length);
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
