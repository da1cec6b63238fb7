import { createHash } from 'node:crypto';
import type { Digest } from '@image-tooling/model';

/** Hashes and counts the bytes that pass through. */
export class HashedStream implements AsyncIterable<Uint8Array> {
  private readonly hash = createHash('sha256');
  /** Bytes so far. */
  size = 0;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const piece of this.source) {
      this.hash.update(piece);
      this.size += piece.length;
      yield piece;
    }
  }

  /** Returns the sha256 of all bytes. Call it once, at the end. */
  digest(): Digest {
    return `sha256:${this.hash.digest('hex')}`;
  }
}
