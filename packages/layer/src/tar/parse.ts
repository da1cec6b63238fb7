import { Fault } from '@image-tooling/host';
import { displayPath } from '../bytes';
import { cleanPath, decodeHeader, entryTypeOf, isZeroBlock, upToNul, type RawHeader } from './decode';
import { deviceOf, paxNumber, xattrsOf } from './decode-entry';
import { NO_CONTENT, type EntryType, type TarEntry } from './entry';
import { BLOCK, paddingOf } from './header';
import type { TarInput } from './input';
import { readPax, type PaxRecords } from './pax';

/** Bytes. PAX headers and long names are read into memory; no honest one is larger. */
const MAX_EXTENSION = 1024 * 1024;

/** How a tar is read that somebody else made. */
export interface TarRules {
  /** What messages call it. */
  readonly name: string;
  /** Gives names and hard links that leave the root as written ("/x", "../x"), for the caller to judge. */
  readonly keepUnsafeNames?: boolean;
  /** More are refused while they are read. Default: no limit. */
  readonly maxEntries?: number;
}

/** An entry without its content, which are the next `entry.size` bytes of the input, and their padding. */
export interface ParsedEntry {
  readonly entry: TarEntry;
  /** Its headers as written in the tar, extended ones first; undefined where a global header changes them. */
  readonly blocks: readonly Buffer[] | undefined;
}

/** What the headers before an entry's own say about it. */
interface Extended {
  readonly pax: Map<string, string>;
  name?: string;
  linkname?: string;
}

/**
 * The one parser of tar headers: ustar, PAX, GNU, star and v7. Throws a `Fault` with `tar-format` for anything
 * malformed, truncated or not representable (sparse files).
 */
export class TarParser {
  private readonly globals = new Map<string, string>();
  private entries = 0;
  /** Offset of the header being read. */
  private at = 0;

  constructor(
    private readonly input: TarInput,
    private readonly rules: TarRules,
  ) {}

  /** Returns the next entry, undefined at the end. Its content is left for the caller to read or skip. */
  async next(): Promise<ParsedEntry | undefined> {
    const extended: Extended = { pax: new Map() };
    const blocks: Buffer[] = [];
    for (;;) {
      this.at = this.input.position;
      const block = await this.take(BLOCK);
      if (isZeroBlock(block)) return undefined;
      const header = decodeHeader(block);
      if (typeof header === 'string') throw this.malformed(header);
      blocks.push(block);
      if ('xgLK'.includes(header.flag)) blocks.push(await this.extension(header, extended));
      else return this.parsed(header, extended, blocks);
    }
  }

  /** Says that the input ended too early. */
  truncated(): Fault {
    return new Fault({
      code: 'tar-format',
      message: `${this.rules.name} ends before the tar does.`,
      hint: 'It was cut off while being written or copied: make it again.',
      details: [`after ${this.entries} whole entries`],
    });
  }

  /** Says what is wrong at an offset; default: that of the header read last. */
  malformed(what: string, at = this.at): Fault {
    return new Fault({
      code: 'tar-format',
      message: `${this.rules.name} can't be read as a tar: ${what}.`,
      details: [`at byte ${at}, after ${this.entries} entries`],
    });
  }

  /** Takes in a header that says something about the next entry. Returns its body with the padding. */
  private async extension({ flag, size }: RawHeader, extended: Extended): Promise<Buffer> {
    if (size > MAX_EXTENSION) throw this.malformed('an extended header is larger than 1 MiB');
    const padded = await this.take(size + paddingOf(size));
    const body = padded.subarray(0, size);
    if (flag === 'L') extended.name = upToNul(body.toString('latin1'));
    else if (flag === 'K') extended.linkname = upToNul(body.toString('latin1'));
    else this.takePax(flag === 'g' ? this.globals : extended.pax, body);
    return padded;
  }

  private takePax(into: Map<string, string>, body: Buffer): void {
    const records = readPax(body);
    if (!records) throw this.malformed('a PAX header has a malformed record');
    if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.')))
      throw this.malformed('it holds a sparse file, which is not supported');
    for (const [key, value] of records) into.set(key, value);
  }

  private parsed(header: RawHeader, extended: Extended, blocks: readonly Buffer[]): ParsedEntry {
    const hasGlobals = this.globals.size > 0;
    const pax = hasGlobals ? new Map([...this.globals, ...extended.pax]) : extended.pax;
    const name = pax.get('path') || (extended.name ?? header.name);
    const type = entryTypeOf(header.flag, name);
    if (!type) throw this.malformed(`entry type "${displayPath(header.flag)}" is not supported`);
    if (this.entries >= (this.rules.maxEntries ?? Infinity))
      throw this.malformed(`it has more than ${this.entries} entries`);
    const entry = {
      ...this.attributes(header, pax),
      path: this.entryPath(name, type),
      type,
      // Links, folders and devices have no content, whatever size their header states (POSIX pax, "typeflag").
      size: type === 'file' ? this.number(pax, 'size', header.size) : 0,
      ...this.linkOf(type, pax.get('linkpath') || (extended.linkname ?? header.linkname)),
      ...deviceOf(type, header),
      content: NO_CONTENT,
    };
    this.entries++;
    return { entry, blocks: hasGlobals ? undefined : blocks };
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

  private entryPath(name: string, type: EntryType): string {
    const path = this.pathOf(name);
    if (path === undefined || (path === '' && type !== 'directory'))
      throw this.malformed(`the name "${displayPath(name)}" is not a path below the root`);
    return path;
  }

  private linkOf(type: EntryType, target: string): { linkTarget?: string } {
    if (type !== 'symlink' && type !== 'hardlink') return {};
    const linkTarget = type === 'symlink' ? target : this.pathOf(target);
    if (!linkTarget && !this.rules.keepUnsafeNames)
      throw this.malformed(`the link target "${displayPath(target)}" leads nowhere`);
    return { linkTarget: linkTarget ?? '' };
  }

  private pathOf(name: string): string | undefined {
    const path = cleanPath(name);
    if (!this.rules.keepUnsafeNames) return path;
    return path === undefined || name.startsWith('/') ? name : path;
  }

  private number(pax: PaxRecords, key: 'uid' | 'gid' | 'size' | 'mtime', fallback: number): number {
    const value = pax.get(key);
    if (!value) return fallback;
    const number = paxNumber(key, value);
    if (number === undefined) throw this.malformed(`the PAX record "${key}" is not a number`);
    return number;
  }

  private async take(length: number): Promise<Buffer> {
    const bytes = await this.input.take(length);
    if (!bytes) throw this.truncated();
    return bytes;
  }
}
