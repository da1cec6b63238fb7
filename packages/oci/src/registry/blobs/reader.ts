import { Fault } from '@image-tooling/host';
import type { LocalBlob } from '../port';

/** The maximum size of a piece in bytes. */
const PIECE = 1024 * 1024;

/**
 * Reads a blob in parts, one after the other, and no byte twice unless a part is requested again. Keeps the blob's
 * error: it is the cause of the transport's error for a failed body.
 */
export class BlobReader {
  private cursor: Cursor | undefined;
  /** The error of reading the blob. */
  fault: Error | undefined;

  constructor(private readonly blob: LocalBlob) {}

  /**
   * Reads the bytes from `start` to `end`. The last piece of a blob comes only after the blob has ended without an
   * error: a request with too few bytes, or with bytes that don't match the digest, is never complete.
   */
  async *part(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (this.fault) throw this.fault;
    const cursor = this.cursorAt(start);
    try {
      yield* this.pieces(cursor, end);
      cursor.busy = false;
    } catch (error) {
      this.fault ??= error as Error;
      throw error;
    }
  }

  close(): void {
    this.cursor?.close();
    this.cursor = undefined;
  }

  private cursorAt(start: number): Cursor {
    const current = this.cursor;
    const goesOn = current && !current.busy && current.position === start;
    if (!goesOn) current?.close();
    const cursor = goesOn ? current : new Cursor(this.blob.openUnhashed?.() ?? this.blob.open(), start);
    cursor.busy = true;
    this.cursor = cursor;
    return cursor;
  }

  private async *pieces(cursor: Cursor, end: number): AsyncGenerator<Uint8Array> {
    await cursor.skip();
    while (cursor.position < end) {
      const piece = await cursor.next(Math.min(PIECE, end - cursor.position));
      if (!piece && cursor.closed) return;
      if (!piece) throw this.wrongSize(cursor.position);
      if (cursor.position === this.blob.size && (await cursor.next(1))) throw this.wrongSize(cursor.position);
      yield piece;
    }
  }

  private wrongSize(position: number): Fault {
    return new Fault({
      code: 'checksum',
      message: `The blob ${this.blob.digest} should have ${this.blob.size} bytes, but ${position < this.blob.size ? `ends after ${position}` : 'goes on'}.`,
      hint: 'It changed on this machine; nothing of it was published.',
    });
  }
}

/** A place in a blob that is being read. */
class Cursor {
  position = 0;
  busy = false;
  /** The rest is not needed: the same part is read again, or the upload has ended. */
  closed = false;
  private readonly iterator: AsyncIterator<Uint8Array, undefined>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(
    blob: AsyncIterable<Uint8Array>,
    private readonly start: number,
  ) {
    this.iterator = blob[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  }

  /** Skips the bytes before the start. */
  async skip(): Promise<void> {
    while (this.position < this.start)
      if (!(await this.next(Math.min(PIECE, this.start - this.position)))) return;
  }

  /** Returns the next bytes, at most `limit`; undefined at the end. */
  async next(limit: number): Promise<Uint8Array | undefined> {
    while (this.rest.length === 0) {
      const { done, value } = await this.iterator.next();
      if (done) return undefined;
      this.rest = value;
    }
    const piece = this.rest.subarray(0, limit);
    this.rest = this.rest.subarray(piece.length);
    this.position += piece.length;
    return piece;
  }

  /** Not awaited: a blob that hangs would block the upload. */
  close(): void {
    this.closed = true;
    this.iterator.return?.().catch(() => undefined);
  }
}
