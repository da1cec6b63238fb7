import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { isAbort, isErrno } from '@image-tooling/host';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { ArchiveFault, tooLarge } from './fault';
import { mostUnpacked, type ArchiveLimits } from './limits';
import type { FileRange, Member, OpenArchive } from './member';
import { checkLocalHeader, checkNoOverlap, memberOf, type Span } from './zip-entry';

export interface ZipOpening {
  readonly file: string;
  /** An empty folder for contents. */
  readonly into: string;
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
}

/**
 * Opens a zip by its central directory, with which every local header must agree. Unpacks contents when they
 * are read, and checks their checksums. Throws `ArchiveFault`.
 */
export async function openZip(opening: ZipOpening): Promise<OpenArchive> {
  const zip = await opened(opening.file);
  try {
    const entries = await indexed(zip, opening);
    let count = 0;
    return {
      members: [...entries.keys()],
      contentOf: async (member) =>
        unpacked(zip, entryOf(entries, member), join(opening.into, `${count++}`), opening.signal),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw zipFault(error);
  }
}

async function opened(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { autoClose: false, decodeStrings: false });
  } catch (error) {
    throw zipFault(error);
  }
}

async function indexed(zip: ZipFile, { limits, signal }: ZipOpening): Promise<Map<Member, Entry>> {
  if (zip.entryCount > limits.entries) throw new ArchiveFault(`has more than ${limits.entries} entries`);
  const most = mostUnpacked(zip.fileSize, limits);
  const entries = new Map<Member, Entry>();
  const spans: Span[] = [];
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    bytes += entry.uncompressedSize;
    if (bytes > most) throw tooLarge(zip.fileSize, most);
    spans.push(await checkLocalHeader(zip, entry));
    const member = memberOf(entry);
    const isLink = member.type === 'symlink' && member.unreadable === undefined;
    entries.set(isLink ? await withTarget(zip, entry, member, limits) : member, entry);
  }
  checkNoOverlap(spans);
  return entries;
}

async function withTarget(
  zip: ZipFile,
  entry: Entry,
  member: Member,
  limits: ArchiveLimits,
): Promise<Member> {
  if (entry.uncompressedSize > limits.pathBytes)
    return { ...member, unreadable: 'is a link whose target is too long for a path' };
  const target = await buffer(await zip.openReadStreamPromise(entry));
  return { ...member, size: 0, linkTarget: target.toString('utf8') };
}

async function unpacked(zip: ZipFile, entry: Entry, to: string, signal: AbortSignal): Promise<FileRange> {
  const checksum = new Crc32();
  try {
    await pipeline(await zip.openReadStreamPromise(entry), checksum, createWriteStream(to), { signal });
  } catch (error) {
    throw zipFault(error, memberOf(entry).path);
  }
  if (checksum.value !== entry.crc32)
    throw new ArchiveFault(`holds "${memberOf(entry).path}", whose checksum is wrong`);
  return { file: to, offset: 0, length: entry.uncompressedSize };
}

class Crc32 extends Transform {
  value = 0;

  override _transform(piece: Buffer, _: unknown, done: (error: Error | null, piece: Buffer) => void): void {
    this.value = crc32(piece, this.value);
    done(null, piece);
  }
}

function entryOf(entries: ReadonlyMap<Member, Entry>, member: Member): Entry {
  const entry = entries.get(member);
  if (!entry) throw new Error(`${member.path} is not of this archive`);
  return entry;
}

/** Returns an `ArchiveFault` for errors of yauzl and zlib, and file system errors unchanged. */
function zipFault(error: unknown, path?: string): unknown {
  if (error instanceof ArchiveFault || !(error instanceof Error) || isAbort(error)) return error;
  if (isErrno(error) && error.syscall !== undefined) return error;
  const where = path === undefined ? 'is damaged or cut off' : `holds "${path}", which is damaged`;
  return new ArchiveFault(`${where} (zip: ${error.message.replace(/\.$/, '')})`);
}
