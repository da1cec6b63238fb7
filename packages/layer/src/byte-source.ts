const NOTHING: Buffer = Buffer.alloc(0);

/** Takes bytes from a stream in the sizes that its reader asks for. Copies only what spans pieces of the stream. */
export class ByteSource {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Buffer = NOTHING;
  private taken = 0;

  /** The pieces of `source` must stay as they are after the next one is asked for. */
  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.taken;
  }

  /** Returns the next `length` bytes; fewer, at last none, where the stream ends before. */
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

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
