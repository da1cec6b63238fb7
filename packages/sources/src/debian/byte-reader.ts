/** Reads forward in bytes. Every method throws an Error with the given message where they end. */
export class ByteReader {
  constructor(
    private readonly data: Buffer,
    /** Of the next byte. */
    public position: number,
    private readonly damaged: string,
  ) {}

  get isAtEnd(): boolean {
    return this.position >= this.data.length;
  }

  byte(): number {
    const start = this.position;
    this.skip(1);
    return this.data.readUInt8(start);
  }

  /** Two bytes, the high one first. */
  uint16(): number {
    return this.byte() * 0x100 + this.byte();
  }

  /** Some bytes, the low one first; six at most. */
  uintLE(bytes: number): number {
    const start = this.position;
    this.skip(bytes);
    return this.data.readUIntLE(start, bytes);
  }

  /** Seven bits a byte, the lowest first (xz file format 1.2, section 1.2). */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new Error(this.damaged);
  }

  skip(bytes: number): void {
    const next = this.position + bytes;
    if (bytes < 0 || next > this.data.length) throw new Error(this.damaged);
    this.position = next;
  }

  /** Skips to a multiple of `bytes` from the beginning of the data. */
  align(bytes: number): void {
    this.skip((bytes - (this.position % bytes)) % bytes);
  }
}
