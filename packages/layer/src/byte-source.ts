const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Reads bytes from a stream in the sizes that its reader requests. Copies only ranges that span pieces of the stream.
 */
export class ByteSource {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Buffer = NOTHING;
  private taken = 0;

  /** The pieces of `source` must not change after the next one is requested. */
  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.taken;
  }

  /** Returns the next `length` bytes; fewer, finally none, if the stream ends before. */
  async read(length: number): Promise<Buffer> {
    const first = await this.piece(length);
    if (first.length === length || first.length === 0) return first;
    const parts = [first];
    let missing = length - first.length;
    while (missing > 0) {
      const part = await this.piece(missing);
      if (part.length === 0) break;
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts, length - missing);
  }

  /** Returns at least one of the next bytes, and at most `most`; none at the end. Copies nothing. */
  async piece(most: number): Promise<Buffer> {
    while (this.rest.length === 0 && most > 0) {
      const next = await this.iterator.next();
      if (next.done === true) return NOTHING;
      this.rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const piece = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(piece.length);
    this.taken += piece.length;
    return piece;
  }

  /** Closes the source: no more bytes are needed. */
  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
