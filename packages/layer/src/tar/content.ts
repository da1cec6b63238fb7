import { readSync, openSync, closeSync } from 'node:fs';
import { Fault } from '@image-tooling/host';
import { displayPath } from '../bytes';
import type { Content, TarEntry } from './entry';

const PIECE = 1024 * 1024;

/** Reads the contents of entries; keeps the files of ranges open until it is closed. */
export class ContentReader {
  private readonly handles = new Map<string, number>();
  private readonly buffer = Buffer.allocUnsafe(PIECE);

  /**
   * Yields the content of an entry in pieces of up to 1 MiB, each valid until the next is requested. Fails with
   * `truncated` if its length differs from the entry's size.
   */
  async *pieces(entry: TarEntry): AsyncGenerator<Uint8Array> {
    let read = 0;
    for await (const piece of this.source(entry)) {
      read += piece.length;
      if (read > entry.size) break;
      yield piece;
    }
    if (read !== entry.size) throw wrongLength(entry);
  }

  /** Returns the content of a small file; undefined if it must be read piece by piece. */
  small(entry: TarEntry): Uint8Array | undefined {
    const { content } = entry;
    if (content.kind === 'stream' || entry.size > PIECE) return undefined;
    const bytes = content.kind === 'bytes' ? content.bytes : this.readStart(content, content.length);
    if (bytes.length !== entry.size) throw wrongLength(entry);
    return bytes;
  }

  /** Returns up to `length` bytes from the start of an entry that is not a stream. */
  head({ content }: TarEntry, length: number): Uint8Array {
    if (content.kind === 'stream') throw new Error('streams have no head to read');
    if (content.kind === 'bytes') return content.bytes.subarray(0, length);
    const wanted = Math.min(length, content.length);
    const buffer = wanted > PIECE ? Buffer.allocUnsafeSlow(wanted) : this.buffer;
    return this.readStart(content, wanted, buffer);
  }

  close(): void {
    for (const handle of this.handles.values()) closeSync(handle);
    this.handles.clear();
  }

  private source({ content }: TarEntry): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
    if (content.kind === 'bytes') return [content.bytes];
    if (content.kind === 'stream') return content.open();
    return this.fromFile(content);
  }

  private *fromFile(content: FileContent): Generator<Uint8Array> {
    const { file, offset, length } = content;
    for (let done = 0; done < length; done += PIECE) {
      const wanted = Math.min(PIECE, length - done);
      const piece =
        done === 0 ? this.readStart(content, wanted) : this.readRange(file, offset + done, wanted);
      if (piece.length === 0) return;
      yield piece;
    }
  }

  private readStart(content: FileContent, length: number, buffer = this.buffer): Uint8Array {
    const bytes = this.readRange(content.file, content.offset, length, buffer);
    if (content.kind === 'patched') bytes.set(content.head.subarray(0, bytes.length));
    return bytes;
  }

  /** Synchronous on purpose: for small files a round trip through the thread pool costs more than the read. */
  private readRange(file: string, offset: number, length: number, buffer = this.buffer): Uint8Array {
    const handle = this.handleOf(file);
    let done = 0;
    while (done < length) {
      const count = readSync(handle, buffer, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return buffer.subarray(0, done);
  }

  private handleOf(file: string): number {
    const known = this.handles.get(file);
    if (known !== undefined) return known;
    if (this.handles.size >= 64) this.close();
    const handle = openSync(file, 'r');
    this.handles.set(file, handle);
    return handle;
  }
}

type FileContent = Extract<Content, { readonly kind: 'range' | 'patched' }>;

function wrongLength(entry: TarEntry): Fault {
  return new Fault({
    code: 'truncated',
    message: `The content of "${displayPath(entry.path)}" does not have the ${entry.size} bytes of its entry.`,
    hint: 'The source file changed while it was read: run the task again.',
  });
}
