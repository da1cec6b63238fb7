import { ByteSource } from '../byte-source';

/** The input of a tar reader, read forwards. */
export interface TarInput {
  /** Offset of the next byte. */
  readonly position: number;
  /** Returns the next `length` bytes; undefined if the tar ends before. */
  take(length: number): Promise<Buffer | undefined>;
}

/** Reads a part of the input by offset. */
export interface RandomAccess {
  /** Returns bytes that are valid until the next read; undefined if the input ends before. */
  read(offset: number, length: number): Promise<Buffer | undefined>;
}

/** A tar whose contents can be skipped without reading. */
export class RangeInput implements TarInput {
  /** `position`: where the tar begins; `end`: where it ends. */
  constructor(
    private readonly bytes: RandomAccess,
    public position: number,
    private readonly end: number,
  ) {}

  /** Bytes up to the end. */
  get left(): number {
    return this.end - this.position;
  }

  async take(length: number): Promise<Buffer | undefined> {
    if (length > this.left) return undefined;
    const bytes = await this.bytes.read(this.position, length);
    this.position += length;
    return bytes;
  }

  /** Skips bytes without reading. Returns false if the tar ends before. */
  skip(length: number): boolean {
    this.position += length;
    return this.left >= 0;
  }
}

/** A tar from a stream. */
export class StreamInput extends ByteSource implements TarInput {
  async take(length: number): Promise<Buffer | undefined> {
    const bytes = await this.read(length);
    return bytes.length === length ? bytes : undefined;
  }
}

/** Returns random access to bytes in memory. */
export function bytesAccess(bytes: Buffer): RandomAccess {
  return {
    read: async (offset, length) =>
      offset + length > bytes.length ? undefined : bytes.subarray(offset, offset + length),
  };
}
