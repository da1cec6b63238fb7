import { getFileNameLowLevel, type Entry, type ZipFile } from 'yauzl';
import { ArchiveFault } from './fault';
import type { Member } from './member';

/** The part of the file that an entry occupies; in bytes. */
export interface Span {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Systems that write Unix modes (APPNOTE.TXT 4.4.2.2: 3 is Unix, 19 is OS X). */
const UNIX = [3, 19];
/** Types of files in the upper four bits of a mode (POSIX <sys/stat.h>, as Linux numbers them). */
const TYPES: Readonly<Record<number, Member['type']>> = {
  0o01: 'fifo',
  0o02: 'char',
  0o04: 'directory',
  0o06: 'block',
  0o10: 'file',
  0o12: 'symlink',
  0o14: 'fifo',
};
/** APPNOTE.TXT 4.4.5. */
const STORED = 0;
const DEFLATED = 8;
/** Bit 3: sizes and checksum follow the content (APPNOTE.TXT 4.4.4). */
const SIZES_FOLLOW = 0x08;
/** The size is in the zip64 field (APPNOTE.TXT 4.4.8). */
const IN_ZIP64 = 0xffffffff;

export function memberOf(entry: Entry): Member {
  const name = nameOf(entry);
  const mode = UNIX.includes(entry.versionMadeBy >> 8) ? entry.externalFileAttributes >>> 16 : 0;
  const type = name.endsWith('/') ? 'directory' : (TYPES[mode >> 12] ?? 'file');
  return {
    path: cleaned(name),
    type,
    size: type === 'file' ? entry.uncompressedSize : 0,
    ...(mode !== 0 && { mode: mode & 0o7777 }),
    ...unreadablePart(entry),
  };
}

function unreadablePart(entry: Entry): Pick<Member, 'unreadable'> {
  const { compressionMethod: method } = entry;
  if (entry.isEncrypted()) return { unreadable: 'is encrypted' };
  if (method !== STORED && method !== DEFLATED)
    return { unreadable: `is compressed by an unknown method (${method})` };
  return {};
}

/**
 * Returns the name without "." and empty parts. Keeps absolute names absolute, so that they can be refused.
 */
function cleaned(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return `${name.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** As UTF-8 or code page 437 (APPNOTE.TXT appendix D); backslashes of Windows become slashes. */
function nameOf(entry: Entry): string {
  return getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
}

/** Throws `ArchiveFault` if an entry's local header differs. */
export async function checkLocalHeader(zip: ZipFile, entry: Entry): Promise<Span> {
  const path = nameOf(entry);
  const local = await zip.readLocalFileHeaderPromise(entry);
  const sizesDiffer =
    (local.generalPurposeBitFlag & SIZES_FOLLOW) === 0 &&
    (local.crc32 !== entry.crc32 ||
      differs(local.compressedSize, entry.compressedSize) ||
      differs(local.uncompressedSize, entry.uncompressedSize));
  const methodDiffers = local.compressionMethod !== entry.compressionMethod;
  if (sizesDiffer || methodDiffers || !local.fileName.equals(entry.fileNameRaw))
    throw new ArchiveFault(`says of "${path}" one thing in its list and another at the file`);
  const start = entry.relativeOffsetOfLocalHeader;
  return { path, start, end: local.fileDataStart + entry.compressedSize };
}

function differs(local: number, central: number): boolean {
  return local !== IN_ZIP64 && local !== central;
}

/** Entries that share bytes are a zip bomb, or make an archive ambiguous. */
export function checkNoOverlap(spans: readonly Span[]): void {
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  ordered.forEach((span, index) => {
    const next = ordered[index + 1];
    if (next && next.start < span.end)
      throw new ArchiveFault(`holds "${span.path}" and "${next.path}", which share the same bytes`);
  });
}
