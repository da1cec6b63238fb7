import { toText, type ContentReader, type TarEntry } from '@image-tooling/layer';
import { cutText } from '@image-tooling/model';

type Readers = readonly [ContentReader, ContentReader];

/** Returns the offset of the first byte that differs in two files; undefined if they are equal. */
export async function firstDifferentByte(
  before: TarEntry,
  after: TarEntry,
  [oldReader, nowReader]: Readers,
): Promise<number | undefined> {
  const old = oldReader.pieces(before)[Symbol.asyncIterator]();
  const now = nowReader.pieces(after)[Symbol.asyncIterator]();
  for (let offset = 0; ;) {
    const [a, b] = [await old.next(), await now.next()];
    if (a.done || b.done) return a.done && b.done ? undefined : offset;
    const length = Math.min(a.value.length, b.value.length);
    for (let at = 0; at < length; at++) if (a.value[at] !== b.value[at]) return offset + at;
    if (a.value.length !== b.value.length) return offset + length;
    offset += length;
  }
}

/** Larger files are always shown as bytes. */
const TEXT_LIMIT = 1024 * 1024;
const BYTES_SHOWN = 16;

/** Returns both sides of two files from their first difference: a small unified diff of texts, else bytes in hex. */
export function shownContents(
  before: TarEntry,
  after: TarEntry,
  at: number,
  [oldReader, nowReader]: Readers,
): string[] {
  const isSmall = Math.max(before.size, after.size) <= TEXT_LIMIT;
  const old = isSmall ? textOf(oldReader.head(before, before.size)) : undefined;
  const now = isSmall ? textOf(nowReader.head(after, after.size)) : undefined;
  if (old !== undefined && now !== undefined) return hunk(old.split('\n'), now.split('\n'));
  return [
    `the content differs from byte ${at} on`,
    `first:  ${hexAt(before, at, oldReader)}`,
    `second: ${hexAt(after, at, nowReader)}`,
  ];
}

function textOf(bytes: Uint8Array): string | undefined {
  const latin = Buffer.from(bytes).toString('latin1');
  return /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(latin) ? undefined : toText(latin);
}

function hexAt(entry: TarEntry, at: number, reader: ContentReader): string {
  const { content } = entry;
  const from = Math.min(at, entry.size);
  const length = Math.min(BYTES_SHOWN, entry.size - from);
  if (length === 0) return '(ends before it)';
  const part =
    content.kind === 'range'
      ? { ...entry, size: length, content: { ...content, offset: content.offset + from, length } }
      : entry;
  const bytes = Buffer.from(reader.head(part, content.kind === 'range' ? length : from + length));
  return bytes
    .subarray(bytes.length - length)
    .toString('hex')
    .replace(/../g, '$& ')
    .trimEnd();
}

const CONTEXT = 2;
const LINES_SHOWN = 5;
const WIDEST = 200;

/** Returns the first difference in the format of diff -u; at most five lines per side. */
function hunk(before: readonly string[], after: readonly string[]): string[] {
  let first = 0;
  while (before[first] === after[first]) first++;
  let same = 0;
  while (same < Math.min(before.length, after.length) - first && before.at(-1 - same) === after.at(-1 - same))
    same++;
  const from = Math.max(0, first - CONTEXT);
  const removed = before.slice(first, before.length - same);
  const added = after.slice(first, after.length - same);
  return [
    `@@ line ${first + 1} @@`,
    ...before.slice(from, first).map((line) => ` ${cut(line)}`),
    ...side('-', removed),
    ...side('+', added),
  ];
}

function side(sign: string, lines: readonly string[]): string[] {
  const more = lines.length - LINES_SHOWN;
  return [
    ...lines.slice(0, LINES_SHOWN).map((line) => `${sign}${cut(line)}`),
    ...(more > 0 ? [`${sign}… ${more} more`] : []),
  ];
}

function cut(line: string): string {
  const plain = line.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '�');
  return cutText(plain, WIDEST);
}
