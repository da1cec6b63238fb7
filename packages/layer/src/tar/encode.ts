import { Fault } from '@image-tooling/host';
import { displayPath } from '../bytes';
import type { TarEntry } from './entry';
import { BLOCK, checksumOf, FIELDS, paddingOf, TYPE_FLAGS, type Field } from './header';
import { octal, octalLimit } from './numbers';
import { writePax, XATTR_PREFIX, type PaxRecords } from './pax';

/** The name of PAX headers; extractors without PAX support write a file with this name. */
const PAX_NAME = '././@PaxHeader';
const NOT_ASCII = /[^\x00-\x7f]/g;

/** Returns the header blocks of an entry: a PAX header if its fields don't fit into ustar, then the ustar header. */
export function encodeHeader(entry: TarEntry): Buffer {
  const name = entryName(entry);
  const place = splitName(name);
  const records = paxRecordsOf(entry, name, place !== undefined);
  const header = ustarHeader(entry, place ?? { name: asciiHead(name), prefix: '' });
  return records.size === 0 ? header : Buffer.concat([paxHeader(records), header]);
}

function entryName(entry: TarEntry): string {
  if (entry.path === '') return './';
  return entry.type === 'directory' ? `${entry.path}/` : entry.path;
}

interface UstarName {
  readonly name: string;
  readonly prefix: string;
}

/** Splits a name at the first slash that makes it fit into ustar's two fields; undefined if it needs PAX. */
function splitName(name: string): UstarName | undefined {
  if (!isAscii(name)) return undefined;
  if (name.length <= FIELDS.name[1]) return { name, prefix: '' };
  const from = Math.max(0, name.length - FIELDS.name[1] - 1);
  const slash = name.indexOf('/', from);
  if (slash <= 0 || slash > FIELDS.prefix[1] || slash === name.length - 1) return undefined;
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}

/** A loop, not a regular expression: it runs for each entry, and V8 keeps the last match of expressions in memory. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function asciiHead(name: string): string {
  if (name.length <= FIELDS.name[1] && isAscii(name)) return name;
  return name.replace(NOT_ASCII, '_').slice(0, FIELDS.name[1]);
}

function paxRecordsOf(entry: TarEntry, name: string, nameFits: boolean): PaxRecords {
  const records = new Map<string, string>();
  if (!nameFits) records.set('path', name);
  const target = entry.linkTarget ?? '';
  if (target.length > FIELDS.linkname[1] || !isAscii(target)) records.set('linkpath', target);
  for (const key of ['uid', 'gid', 'size', 'mtime'] as const)
    if (!fits(entry[key], FIELDS[key])) records.set(key, String(entry[key]));
  for (const [key, value] of entry.xattrs ?? [])
    records.set(`${XATTR_PREFIX}${key}`, Buffer.from(value).toString('latin1'));
  return records;
}

function fits(value: number, [, length]: Field): boolean {
  return value >= 0 && value <= octalLimit(length);
}

function paxHeader(records: PaxRecords): Buffer {
  const body = writePax(records);
  const header = block({ name: PAX_NAME, mode: 0o644, size: body.length, type: 'x' });
  return Buffer.concat([header, body, Buffer.alloc(paddingOf(body.length))]);
}

function ustarHeader(entry: TarEntry, place: UstarName): Buffer {
  const device = entry.device ?? { major: 0, minor: 0 };
  if (!fits(device.major, FIELDS.devmajor) || !fits(device.minor, FIELDS.devminor))
    throw new Fault({
      code: 'tar-format',
      message: `"${displayPath(entry.path)}" has a device number that does not fit into a tar.`,
    });
  return block({
    name: place.name,
    prefix: place.prefix,
    mode: entry.mode,
    uid: orZero(entry.uid, FIELDS.uid),
    gid: orZero(entry.gid, FIELDS.gid),
    size: orZero(entry.size, FIELDS.size),
    mtime: orZero(entry.mtime, FIELDS.mtime),
    type: TYPE_FLAGS[entry.type],
    linkname: asciiHead(entry.linkTarget ?? ''),
    devmajor: device.major,
    devminor: device.minor,
  });
}

/** A number in the PAX header is 0 in the ustar header. */
function orZero(value: number, field: Field): number {
  return fits(value, field) ? value : 0;
}

type Fields = Partial<Record<keyof typeof FIELDS, string | number>>;

const NUMBER_FIELDS = ['mode', 'uid', 'gid', 'size', 'mtime', 'devmajor', 'devminor'] as const;
const TEXT_FIELDS = ['name', 'linkname', 'prefix', 'type'] as const;

/** A header with only zeros and empty texts, as most fields of most headers are. */
const EMPTY = emptyBlock();

function emptyBlock(): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  for (const key of NUMBER_FIELDS) bytes.write(octal(0, FIELDS[key][1]), FIELDS[key][0], 'latin1');
  bytes.write('ustar\x0000', FIELDS.magic[0], 'latin1');
  return bytes;
}

function block(fields: Fields): Buffer {
  const bytes = Buffer.from(EMPTY);
  for (const key of NUMBER_FIELDS)
    if (fields[key]) bytes.write(octal(Number(fields[key]), FIELDS[key][1]), FIELDS[key][0], 'latin1');
  for (const key of TEXT_FIELDS) if (fields[key]) bytes.write(String(fields[key]), FIELDS[key][0], 'latin1');
  bytes.write(`${checksumOf(bytes).toString(8).padStart(6, '0')}\0 `, FIELDS.checksum[0], 'latin1');
  return bytes;
}
