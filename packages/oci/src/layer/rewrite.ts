import { NO_CONTENT, type ContentReader, type TarEntry } from '@image-tooling/layer';
import { texSorter } from './tex';

const SECONDS_A_DAY = 86_400;
/** Field of /etc/shadow with the day of the last password change, from 0 (shadow(5)). */
const SHADOW_DAY = 2;

/** Returns an entry with content that does not depend on the clock or machine. */
export function rewritten(entry: TarEntry, mtime: number, reader: ContentReader): TarEntry {
  if (entry.type !== 'file') return entry;
  if (entry.path === 'etc/machine-id') return { ...entry, size: 0, content: NO_CONTENT };
  if (entry.path === 'etc/shadow') return withShadowDay(entry, Math.floor(mtime / SECONDS_A_DAY), reader);
  const sorter = texSorter(entry.path);
  if (sorter) return withBytes(entry, Buffer.from(sorter(textOf(entry, reader)), 'latin1'));
  return entry.path.endsWith('.pyc') ? withUncheckedHash(entry, reader) : entry;
}

function withShadowDay(entry: TarEntry, day: number, reader: ContentReader): TarEntry {
  const lines = textOf(entry, reader)
    .split('\n')
    .map((line) => shadowLine(line, day));
  return withBytes(entry, Buffer.from(lines.join('\n'), 'latin1'));
}

/** An empty day means no password ageing, 0 that a change is due: both are kept. */
function shadowLine(line: string, day: number): string {
  const fields = line.split(':');
  if (Number(fields[SHADOW_DAY]) > 0) fields[SHADOW_DAY] = String(day);
  return fields.join(':');
}

/** The second word of a .pyc file: bit 0 means it is checked by hash, bit 1 that the source is checked (PEP 552). */
const PYC_FLAGS_AT = 4;
/** Bytes of its magic number, flags and hash. */
const PYC_HEADER = 16;
const CHECKED_HASH = 0b11;
const UNCHECKED_HASH = 0b01;

/** Python then uses the compiled file without a check, and does not read and hash each source at start-up. */
function withUncheckedHash(entry: TarEntry, reader: ContentReader): TarEntry {
  const head = Buffer.from(reader.head(entry, PYC_HEADER));
  const isPyc = head.length === PYC_HEADER && head[2] === 0x0d && head[3] === 0x0a;
  if (!isPyc || head.readUInt32LE(PYC_FLAGS_AT) !== CHECKED_HASH) return entry;
  head.writeUInt32LE(UNCHECKED_HASH, PYC_FLAGS_AT);
  return withHead(entry, head, reader);
}

/** A layer has thousands of such files: what follows the head stays where it is. */
function withHead(entry: TarEntry, head: Buffer, reader: ContentReader): TarEntry {
  const { content } = entry;
  if (content.kind === 'range') return { ...entry, content: { ...content, kind: 'patched', head } };
  const bytes = Buffer.from(reader.head(entry, entry.size));
  bytes.set(head);
  return withBytes(entry, bytes);
}

/** One character per byte, so that bytes that are not UTF-8 are kept. */
function textOf(entry: TarEntry, reader: ContentReader): string {
  return Buffer.from(reader.head(entry, entry.size)).toString('latin1');
}

function withBytes(entry: TarEntry, bytes: Uint8Array): TarEntry {
  return { ...entry, size: bytes.length, content: { kind: 'bytes', bytes } };
}
