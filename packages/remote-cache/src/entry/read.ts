import { createHash } from 'node:crypto';
import { refusedHeader, type Expected } from './check';
import { FIRST_LINE, MOST_HEADER_BYTES, parseHeader, type EntryHeader } from './header';
import type { Refusal } from './refusal';

type Write = (piece: Uint8Array, header: EntryHeader) => Promise<void> | void;

export type ReadEntry = { readonly header: EntryHeader } | { readonly refused: Refusal };

/**
 * Reads an entry from a stream. Checks the header before it reads on, and passes the payload to `write` piece by piece,
 * at most as many bytes as the header says: what was written counts only if the result has a header. Rejects with errors of the stream and of `write`.
 */
export async function readEntry(
  pieces: AsyncIterable<Uint8Array>,
  expected: Expected,
  write: Write,
): Promise<ReadEntry> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    const start = await readStart(iterator);
    const header = start && parseHeader(start.lines);
    if (!header) return { refused: 'format' };
    const refused =
      refusedHeader(header, expected) ?? (await readPayload(start.rest, iterator, header, write));
    return refused === undefined ? { header } : { refused };
  } finally {
    // Not awaited: a stream that hangs would never end.
    void iterator.return?.().catch(() => undefined);
  }
}

interface Start {
  /** The two lines. */
  readonly lines: Buffer;
  /** The first bytes of the payload. */
  readonly rest: Buffer;
}

/** Returns undefined if the first bytes are not two lines. */
async function readStart(iterator: AsyncIterator<Uint8Array>): Promise<Start | undefined> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) return undefined;
    bytes = Buffer.concat([bytes, next.value]);
    const known = bytes.subarray(0, FIRST_LINE.length).toString('latin1');
    if (!FIRST_LINE.startsWith(known)) return undefined;
    const end = bytes.indexOf('\n', FIRST_LINE.length) + 1;
    if (end > 0 && end - FIRST_LINE.length <= MOST_HEADER_BYTES)
      return { lines: bytes.subarray(0, end), rest: bytes.subarray(end) };
    if (bytes.length - FIRST_LINE.length >= MOST_HEADER_BYTES) return undefined;
  }
}

async function readPayload(
  first: Buffer,
  iterator: AsyncIterator<Uint8Array>,
  header: EntryHeader,
  write: Write,
): Promise<Refusal | undefined> {
  const { size, sha256 } = header;
  const hash = createHash('sha256');
  let count = 0;
  for (let piece: Uint8Array | undefined = first; piece; piece = await nextPiece(iterator)) {
    count += piece.byteLength;
    if (count > size) return 'size';
    hash.update(piece);
    await write(piece, header);
  }
  if (count < size) return 'size';
  return hash.digest('hex') === sha256 ? undefined : 'checksum';
}

async function nextPiece(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const next = await iterator.next();
  return next.done === true ? undefined : next.value;
}
