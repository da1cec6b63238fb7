/** The last bytes of a stream, one after the other in memory. */
export class Window {
  private buffer = Buffer.alloc(0);
  private length = 0;

  /** All bytes; valid until the next call. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Copies a piece to the end. */
  add(piece: Uint8Array): void {
    const length = this.length + piece.byteLength;
    if (length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(this.length === 0 ? length : 2 * length);
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    this.buffer.set(piece, this.length);
    this.length = length;
  }

  /** Forgets the first bytes. */
  skip(count: number): void {
    this.buffer.copyWithin(0, count, this.length);
    this.length -= count;
  }
}
