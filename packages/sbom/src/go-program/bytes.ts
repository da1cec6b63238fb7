/** A file that is read in parts, by offset. */
export interface RandomBytes {
  /** Bytes. */
  readonly size: number;
  /** Returns `length` bytes from `offset`; fewer at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Reads whole numbers of a file's byte order and word size; undefined beyond the end. */
export class Numbers {
  constructor(
    readonly bytes: Buffer,
    private readonly isLittle: boolean,
  ) {}

  /** `width`: bytes, 1 to 8. A number that is too large for a double is not exact, and larger than any file. */
  at(offset: number, width: number): number | undefined {
    if (offset < 0 || offset + width > this.bytes.length) return undefined;
    if (width === 8) {
      const value = this.isLittle ? this.bytes.readBigUInt64LE(offset) : this.bytes.readBigUInt64BE(offset);
      return Number(value);
    }
    return this.isLittle ? this.bytes.readUIntLE(offset, width) : this.bytes.readUIntBE(offset, width);
  }
}
