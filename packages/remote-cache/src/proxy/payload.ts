import type { Readable } from 'node:stream';

/** A payload: written once, then read. */
export interface Payload {
  /** Bytes. */
  readonly size: number;
  /** Throws a `Fault` with `disk-full` or `io`. */
  write(piece: Uint8Array): Promise<void> | void;
  /** Call after the last byte. */
  close(): Promise<void>;
  /** Returns the bytes if they are in memory. */
  read(): Buffer | Readable;
  /** Closes and removes it. Ignores errors: the first one is reported. */
  remove(): Promise<void>;
}

/** A payload in memory of a fixed size. */
export class MemoryPayload implements Payload {
  size = 0;
  private bytes: Buffer | undefined;

  /** @param free called when it is removed */
  constructor(
    room: number,
    private readonly free: () => void,
  ) {
    this.bytes = Buffer.allocUnsafeSlow(room);
  }

  write(piece: Uint8Array): void {
    this.bytes?.set(piece, this.size);
    this.size += piece.byteLength;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  read(): Buffer {
    if (!this.bytes) throw new Error('a payload that was removed');
    return this.bytes.subarray(0, this.size);
  }

  remove(): Promise<void> {
    if (this.bytes) this.free();
    this.bytes = undefined;
    return Promise.resolve();
  }
}
