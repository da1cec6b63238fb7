import { Fault } from '@image-tooling/host';
import { displayPath } from '../bytes';
import { cleanPath, decodeHeader, entryTypeOf, isZeroBlock, upToNul, type RawHeader } from './decode';
import { deviceOf, paxNumber, xattrsOf } from './decode-entry';
import { NO_CONTENT, type EntryType, type TarEntry } from './entry';
import { BLOCK, paddingOf } from './header';
import type { TarInput } from './input';
import { readPax, type PaxRecords } from './pax';

/** Bytes. PAX headers and long names are read into memory; real ones are smaller. */
const MAX_EXTENSION = 1024 * 1024;

/** Rules for reading an external tar. */
export interface TarRules {
  /** Its name in messages. */
  readonly name: string;
  /** Returns names and hard links outside the root as written ("/x", "../x"); the caller checks them. */
  readonly keepUnsafeNames?: boolean;
  /** Reading fails at the first entry beyond this number. Default: no limit. */
  readonly maxEntries?: number;
}

/** An entry without its content: the content is the next `entry.size` bytes of the input, followed by padding. */
export interface ParsedEntry {
  readonly entry: TarEntry;
  /** Its headers as written in the tar, extended ones first; undefined if a global header changes them. */
  readonly blocks: readonly Buffer[] | undefined;
}

/** The values from the extended headers before an entry's own header. */
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

  /** Returns the next entry, undefined at the end. The caller reads or skips its content. */
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

  /** Returns the error for an input that ends too early. */
  truncated(): Fault {
    return new Fault({
      code: 'tar-format',
      message: `${this.rules.name} ends before the tar does.`,
      hint: 'It was cut off while it was written or copied: create it again.',
      details: [`after ${this.entries} complete entries`],
    });
  }

  /** Returns the error for malformed data at an offset; default: that of the last header. */
  malformed(what: string, at = this.at): Fault {
    return new Fault({
      code: 'tar-format',
      message: `${this.rules.name} can't be read as a tar: ${what}.`,
      details: [`at byte ${at}, after ${this.entries} entries`],
    });
  }

  /** Reads an extended header for the next entry. Returns its body with the padding. */
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
      throw this.malformed('it contains a sparse file, which is not supported');
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
      // Links, folders and devices have no content, even if their header states a size (POSIX pax, "typeflag").
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
