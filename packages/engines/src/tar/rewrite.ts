import { BLOCK, paddingOf, readHeader, TarError, type Header } from './blocks';
import { readRecords, type Records } from './records';
import { byteSource, type ByteSource } from './source';

/** One entry of a tar on its way through. */
export interface TarEntry {
  /** Without a leading `./` and a trailing `/`; a byte string. */
  readonly path: string;
  readonly header: Header;
  /** PAX records that belong to it. */
  readonly records: Records;
  /** The header block, and all blocks from the extended headers on, as they came. */
  readonly block: Buffer;
  readonly raw: Buffer;
}

/** What comes out for an entry: blocks, then the entry's own data or not. Nothing drops it. */
export interface Rewritten {
  readonly blocks: readonly Buffer[];
  readonly withData: boolean;
}

const OUTPUT_CHUNK = 262_144;

/**
 * Passes a tar through, entry by entry; what `rewrite` leaves alone stays the same bytes.
 * Throws a `TarError` on a malformed or truncated archive: also one that lacks the zeros at its end, as all of
 * nothing does.
 */
export async function* rewriteTar(
  chunks: AsyncIterable<Uint8Array>,
  rewrite: (entry: TarEntry) => Rewritten,
): AsyncGenerator<Buffer> {
  const source = byteSource(chunks, truncated);
  let pending: Buffer[] = [];
  let pendingSize = 0;
  const add = (buffer: Buffer): void => {
    pending.push(buffer);
    pendingSize += buffer.length;
  };
  const take = (): Buffer => {
    const joined = Buffer.concat(pending, pendingSize);
    pending = [];
    pendingSize = 0;
    return joined;
  };

  for (let entry = await nextEntry(source); entry; entry = await nextEntry(source)) {
    const { blocks, withData } = rewrite(entry);
    blocks.forEach(add);
    const size = entry.header.size + paddingOf(entry.header.size);
    for (let left = size; left > 0;) {
      const piece = await source.atMost(left);
      if (piece === undefined) throw truncated();
      left -= piece.length;
      if (withData) add(piece);
      if (pendingSize >= OUTPUT_CHUNK) yield take();
    }
    if (pendingSize >= OUTPUT_CHUNK) yield take();
  }
  add(Buffer.alloc(2 * BLOCK));
  yield take();
  while ((await source.atMost(OUTPUT_CHUNK)) !== undefined);
}

/** The next entry with its extended headers: PAX's `x`, GNU's long names `L` and `K`; `g` is passed over. */
async function nextEntry(source: ByteSource): Promise<TarEntry | undefined> {
  const raw: Buffer[] = [];
  const records = new Map<string, string>();
  for (;;) {
    const block = await source.exactly(BLOCK);
    if (block === undefined) throw truncated();
    const header = readHeader(block);
    if (header === undefined) return undefined;
    if (!'xgLK'.includes(header.type)) return entryOf(block, header, records, raw);
    const data = await dataOf(source, header.size);
    if (header.type === 'g') continue;
    raw.push(block, data);
    readExtension(header, data.subarray(0, header.size), records);
  }
}

function readExtension(header: Header, data: Buffer, records: Map<string, string>): void {
  const text = (): string => data.toString('latin1').replace(/\0+$/, '');
  if (header.type === 'x') for (const [key, value] of readRecords(data)) records.set(key, value);
  if (header.type === 'L') records.set('path', text());
  if (header.type === 'K') records.set('linkpath', text());
}

function entryOf(block: Buffer, header: Header, records: Records, raw: Buffer[]): TarEntry {
  const size = records.get('size');
  const path = (records.get('path') ?? header.name).replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
  const real = size === undefined ? header : { ...header, size: Number(size) };
  // Links and folders have no data, whatever their size says (POSIX.1-2017, "typeflag").
  const sized = '123456'.includes(header.type) ? { ...real, size: 0 } : real;
  return { path, header: sized, records, block, raw: Buffer.concat([...raw, block]) };
}

async function dataOf(source: ByteSource, size: number): Promise<Buffer> {
  const data = await source.exactly(size + paddingOf(size));
  if (data === undefined && size > 0) throw truncated();
  return data ?? Buffer.alloc(0);
}

function truncated(): TarError {
  return new TarError('it is cut short');
}
