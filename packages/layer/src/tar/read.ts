import { open, type FileHandle } from 'node:fs/promises';
import { caught, Fault } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { displayPath } from '../bytes';
import { cleanPath, decodeHeader, entryTypeOf, isZeroBlock, upToNul, type RawHeader } from './decode';
import { NO_CONTENT, type EntryType, type TarEntry } from './entry';
import { BLOCK, paddingOf } from './header';
import { readPax, XATTR_PREFIX, type PaxRecords } from './pax';
import { WindowReader } from './window';

/** PAX headers and long names are read into memory; none that is meant well is larger. */
const MAX_EXTENSION = 1024 * 1024;

/**
 * Indexes an uncompressed tar on disk (ustar, PAX, GNU, star and v7 headers). Contents stay where they are,
 * as ranges of the file. Fails with `tar-format` on anything malformed, truncated or not
 * representable (sparse files), and with `io` where the file can't be read.
 */
export async function readTar(
  file: string,
  part?: FilePart,
  rules: TarRules = {},
): Promise<Result<TarEntry[]>> {
  return caught(file, async () => {
    const handle = await open(file, 'r');
    try {
      const { offset, length } = part ?? { offset: 0, length: (await handle.stat()).size };
      return await new TarReader(file, handle, offset + length, offset, rules).entries();
    } finally {
      await handle.close();
    }
  });
}

/** A tar that lies within another file; both in bytes. */
export interface FilePart {
  readonly offset: number;
  readonly length: number;
}

/** How a tar of somebody else's making is read. */
export interface TarRules {
  /** What messages call it. Default: its path. */
  readonly name?: string;
  /**
   * Refuses anything but zeros after the end. Names and targets of hard links that are no paths below the root are
   * given as they stand ("/x", "../x"): the caller judges them.
   */
  readonly strict?: boolean;
  /** More are refused while they are read. Default: no limit. */
  readonly maxEntries?: number;
}

/** What the headers before an entry's own say about it. */
interface Overlay {
  pax: Map<string, string>;
  name?: string;
  linkname?: string;
}

class TarReader {
  private readonly window: WindowReader;
  private readonly found: TarEntry[] = [];
  private readonly globals = new Map<string, string>();
  private overlay: Overlay = { pax: new Map() };

  /** `end` and `at`: where the tar ends in the file, and where it begins. */
  constructor(
    private readonly file: string,
    handle: FileHandle,
    private readonly end: number,
    private at: number,
    private readonly rules: TarRules,
  ) {
    this.window = new WindowReader(handle);
  }

  async entries(): Promise<TarEntry[]> {
    for (;;) {
      const block = await this.bytes(this.at, BLOCK);
      if (isZeroBlock(block)) return await this.atEnd();
      const header = decodeHeader(block);
      if (typeof header === 'string') throw this.malformed(header);
      if (!(await this.extension(header))) this.entry(header);
    }
  }

  private async atEnd(): Promise<TarEntry[]> {
    if (!this.rules.strict) return this.found;
    for (; this.at < this.end; this.at += BLOCK) {
      const rest = await this.bytes(this.at, Math.min(BLOCK, this.end - this.at));
      if (!isZeroBlock(rest)) throw this.malformed('other bytes follow its end');
    }
    return this.found;
  }

  /** Takes in a header that says something about the next entry; false if it is an entry itself. */
  private async extension(header: RawHeader): Promise<boolean> {
    if (!'xgLK'.includes(header.flag)) return false;
    if (header.size > MAX_EXTENSION) throw this.malformed('an extended header is larger than 1 MiB');
    const body = await this.bytes(this.at + BLOCK, header.size);
    if (header.flag === 'L') this.overlay.name = upToNul(body.toString('latin1'));
    else if (header.flag === 'K') this.overlay.linkname = upToNul(body.toString('latin1'));
    else this.takePax(header.flag === 'g' ? this.globals : this.overlay.pax, body);
    this.at += BLOCK + header.size + paddingOf(header.size);
    return true;
  }

  private takePax(into: Map<string, string>, body: Buffer): void {
    const records = readPax(body);
    if (!records) throw this.malformed('a PAX header has a malformed record');
    if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.')))
      throw this.malformed('it holds a sparse file, which is not supported');
    for (const [key, value] of records) into.set(key, value);
  }

  private entry(header: RawHeader): void {
    const pax = new Map([...this.globals, ...this.overlay.pax]);
    const name = pax.get('path') || (this.overlay.name ?? header.name);
    const type = entryTypeOf(header.flag, name);
    if (!type) throw this.malformed(`entry type "${displayPath(header.flag)}" is not supported`);
    if (this.found.length >= (this.rules.maxEntries ?? Infinity))
      throw this.malformed(`it has more than ${this.found.length} entries`);
    const path = this.pathOf(name);
    if (path === undefined || (path === '' && type !== 'directory'))
      throw this.malformed(`the name "${displayPath(name)}" is not a path below the root`);
    const stored = this.storedSize(header, pax, type);
    const start = this.at + BLOCK;
    if (start + stored > this.end) throw this.truncated();
    this.found.push({
      ...this.attributes(header, pax),
      path,
      type,
      size: type === 'file' ? stored : 0,
      ...this.linkOf(type, pax, header),
      ...deviceOf(type, header),
      content: type === 'file' && stored > 0 ? this.range(start, stored) : NO_CONTENT,
    });
    this.at = start + stored + paddingOf(stored);
    this.overlay = { pax: new Map() };
  }

  /** Links, folders and devices have no content, whatever size their header states. */
  private storedSize(header: RawHeader, pax: PaxRecords, type: EntryType): number {
    return type === 'file' ? this.number(pax, 'size', header.size) : 0;
  }

  private attributes(header: RawHeader, pax: PaxRecords) {
    const xattrs = xattrsOf(pax);
    return {
      mode: header.mode & 0o7777,
      uid: this.number(pax, 'uid', header.uid),
      gid: this.number(pax, 'gid', header.gid),
      mtime: Math.floor(this.number(pax, 'mtime', header.mtime)),
      ...(xattrs.size > 0 ? { xattrs } : {}),
    };
  }

  private linkOf(type: EntryType, pax: PaxRecords, header: RawHeader): { linkTarget?: string } {
    if (type !== 'symlink' && type !== 'hardlink') return {};
    const target = pax.get('linkpath') || (this.overlay.linkname ?? header.linkname);
    const linkTarget = type === 'symlink' ? target : this.pathOf(target);
    if (!linkTarget && !this.rules.strict)
      throw this.malformed(`the link target "${displayPath(target)}" leads nowhere`);
    return { linkTarget: linkTarget ?? '' };
  }

  private pathOf(name: string): string | undefined {
    const path = cleanPath(name);
    if (!this.rules.strict) return path;
    return path === undefined || name.startsWith('/') ? name : path;
  }

  private number(pax: PaxRecords, key: string, fallback: number): number {
    const value = pax.get(key);
    if (!value) return fallback;
    const number = Number(value);
    const whole = key === 'mtime' || (Number.isSafeInteger(number) && number >= 0);
    if (!/^-?[0-9]+(\.[0-9]*)?$/.test(value) || !whole)
      throw this.malformed(`the PAX record "${key}" is no number`);
    return number;
  }

  private range(offset: number, length: number) {
    return { kind: 'range', file: this.file, offset, length } as const;
  }

  private async bytes(offset: number, length: number): Promise<Buffer> {
    const bytes = await this.window.read(offset, length);
    if (!bytes) throw this.truncated();
    return bytes;
  }

  private get name(): string {
    return this.rules.name ?? this.file;
  }

  private truncated(): Fault {
    return new Fault({
      code: 'tar-format',
      message: `${this.name} ends before the tar does.`,
      hint: 'It was cut off while being written or copied: make it again.',
      details: [`${this.end} bytes, ${this.found.length} whole entries`],
    });
  }

  private malformed(what: string): Fault {
    return new Fault({
      code: 'tar-format',
      message: `${this.name} is no tar this program can keep: ${what}.`,
      details: [`at byte ${this.at}, after ${this.found.length} entries`],
    });
  }
}

function xattrsOf(pax: PaxRecords): Map<string, Uint8Array> {
  const named = [...pax].filter(([key]) => key.startsWith(XATTR_PREFIX));
  return new Map(named.map(([key, value]) => [key.slice(XATTR_PREFIX.length), Buffer.from(value, 'latin1')]));
}

function deviceOf(type: EntryType, header: RawHeader) {
  if (type !== 'char' && type !== 'block') return {};
  return { device: { major: header.devmajor, minor: header.devminor } };
}
