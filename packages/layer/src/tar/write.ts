import { checkSignal, Fault, valueOf } from '@image-tooling/host';
import { displayPath } from '../bytes';
import { ContentReader } from './content';
import { encodeHeader } from './encode';
import type { TarEntry } from './entry';
import { BLOCK, paddingOf } from './header';
import { dissolveLinks, joinLinks } from './links';

/** Small enough to stay in a core's cache from copying to hashing and compressing. */
const GATHER = 256 * 1024;
const END = Buffer.alloc(2 * BLOCK);
const PADDING = Buffer.alloc(BLOCK);

export interface TarWriteOptions {
  readonly signal?: AbortSignal;
}

/**
 * Returns the entries in the order they are written: sorted byte by byte, the first name of a file before its hard
 * links. Fails with `tar-format` on a dangling hard link, and on a duplicate path.
 */
export function orderEntries(entries: readonly TarEntry[]): TarEntry[] {
  const inodes = valueOf(dissolveLinks(entries));
  if (inodes.size !== entries.length) throw twice(entries);
  return joinLinks(inodes.values());
}

/**
 * Yields a deterministic tar of entries that `orderEntries` has ordered: equal entries result in equal bytes. Each
 * piece is valid until the next is requested.
 */
export async function* tarOf(
  ordered: readonly TarEntry[],
  options: TarWriteOptions = {},
): AsyncGenerator<Uint8Array> {
  const reader = new ContentReader();
  const gather = new Gatherer();
  try {
    for (const entry of ordered) {
      checkSignal(options.signal);
      const small = entry.type === 'file' ? reader.small(entry) : undefined;
      // Plain loops on purpose: `yield*` over them would create promises for each entry.
      for (const full of gather.add(encodeHeader(entry))) yield full;
      if (small) for (const full of gather.add(small)) yield full;
      else if (entry.type === 'file') yield* largeContent(entry, reader, gather, options);
      for (const full of gather.add(PADDING.subarray(0, paddingOf(entry.size)))) yield full;
    }
    for (const full of gather.add(END)) yield full;
    yield gather.take();
  } finally {
    reader.close();
  }
}

/** Returns a small tar in memory, of entries that `orderEntries` has ordered. */
export async function writeTarBytes(ordered: readonly TarEntry[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of tarOf(ordered)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function* largeContent(
  entry: TarEntry,
  reader: ContentReader,
  gather: Gatherer,
  { signal }: TarWriteOptions,
): AsyncGenerator<Uint8Array> {
  for await (const piece of reader.pieces(entry)) {
    checkSignal(signal);
    for (const full of gather.add(piece)) yield full;
  }
}

/** Joins many small pieces into a few large ones. */
class Gatherer {
  private readonly buffer = Buffer.allocUnsafe(GATHER);
  private used = 0;

  /** Returns full buffers; a large piece is returned unchanged, after the bytes gathered before it. */
  *add(piece: Uint8Array): Generator<Uint8Array> {
    if (piece.length >= GATHER) {
      if (this.used > 0) yield this.take();
      yield piece;
      return;
    }
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + GATHER - this.used);
      this.buffer.set(part, this.used);
      this.used += part.length;
      at += part.length;
      if (this.used === GATHER) yield this.take();
    }
  }

  take(): Uint8Array {
    const used = this.used;
    this.used = 0;
    return this.buffer.subarray(0, used);
  }
}

function twice(entries: readonly TarEntry[]): Fault {
  const seen = new Set<string>();
  const repeated = entries.find(({ path }) => seen.has(path) || !seen.add(path));
  return new Fault({
    code: 'tar-format',
    message: `Two entries have the path "${displayPath(repeated?.path ?? '')}".`,
  });
}
