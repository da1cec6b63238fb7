import { encodeHeader } from './encode';
import { NO_CONTENT, type TarEntry } from './entry';
import { BLOCK, paddingOf } from './header';
import { StreamInput } from './input';
import { TarParser, type ParsedEntry } from './parse';

/** The result for an entry: unchanged, or replaced by other entries ([] removes it). */
export type Rewritten = 'unchanged' | Replacement;

export interface Replacement {
  readonly entries: readonly TarEntry[];
  /** Whether the content of the entry follows the last of them. Only headers are written of the others. */
  readonly withContent: boolean;
}

export const REMOVED: Replacement = { entries: [], withContent: false };

const OUTPUT_CHUNK = 256 * 1024;

/**
 * Rewrites a tar entry by entry, in bounded memory; entries that `rewrite` does not change keep the same bytes. Yields
 * views of the pieces of `tar`, which must not change. `name` is for messages. Throws a `Fault` with `tar-format` on a malformed or truncated tar, also if the zeros at its end
 * are missing.
 */
export async function* rewriteTar(
  tar: AsyncIterable<Uint8Array>,
  name: string,
  rewrite: (entry: TarEntry) => Rewritten,
): AsyncGenerator<Buffer> {
  const input = new StreamInput(tar);
  const parser = new TarParser(input, { name });
  const output = new Output();
  for (let next = await parser.next(); next; next = await parser.next()) {
    const { blocks, withContent } = outputOf(next, rewrite(next.entry));
    for (const block of blocks) output.add(block);
    const { size } = next.entry;
    for (let left = size + paddingOf(size); left > 0;) {
      const piece = await input.piece(left);
      if (piece.length === 0) throw parser.truncated();
      left -= piece.length;
      if (withContent) output.add(piece);
      if (output.isFull) yield output.take();
    }
    if (output.isFull) yield output.take();
  }
  output.add(Buffer.alloc(2 * BLOCK));
  yield output.take();
  while ((await input.piece(OUTPUT_CHUNK)).length > 0); // The padding of a tape's last record.
}

/** Rewrites entries as `rewriteTar` does those of a tar. Their contents stay where they are. */
export function rewriteEntries(
  entries: readonly TarEntry[],
  rewrite: (entry: TarEntry) => Rewritten,
): TarEntry[] {
  return entries.flatMap((entry) => {
    const rewritten = rewrite(entry);
    if (rewritten === 'unchanged') return [entry];
    const last = rewritten.withContent ? rewritten.entries.length - 1 : -1;
    return rewritten.entries.map((one, at) => ({
      ...one,
      content: at === last ? entry.content : NO_CONTENT,
    }));
  });
}

function outputOf(
  { entry, blocks }: ParsedEntry,
  rewritten: Rewritten,
): { readonly blocks: readonly Buffer[]; readonly withContent: boolean } {
  if (rewritten === 'unchanged') return { blocks: blocks ?? [encodeHeader(entry)], withContent: true };
  return { blocks: rewritten.entries.map(encodeHeader), withContent: rewritten.withContent };
}

/** A range of a buffer. */
interface Range {
  readonly buffer: ArrayBufferLike;
  readonly start: number;
  end: number;
}

/** Joins small pieces into large ones. Copies nothing where they follow each other in memory: unchanged entries do. */
class Output {
  private ranges: Range[] = [];
  private size = 0;

  get isFull(): boolean {
    return this.size >= OUTPUT_CHUNK;
  }

  add({ buffer, byteOffset, length }: Buffer): void {
    const last = this.ranges.at(-1);
    if (last?.buffer === buffer && last.end === byteOffset) last.end += length;
    else this.ranges.push({ buffer, start: byteOffset, end: byteOffset + length });
    this.size += length;
  }

  take(): Buffer {
    const pieces = this.ranges.map(({ buffer, start, end }) => Buffer.from(buffer, start, end - start));
    const [first] = pieces;
    const joined = first && pieces.length === 1 ? first : Buffer.concat(pieces, this.size);
    this.ranges = [];
    this.size = 0;
    return joined;
  }
}
