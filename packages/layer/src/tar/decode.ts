import type { EntryType } from './entry';
import { BLOCK, checksumOf, FIELDS, type Field } from './header';
import { readNumber } from './numbers';

/** The fields of one header block, before PAX headers and GNU long names replace some of them. */
export interface RawHeader {
  readonly flag: string;
  readonly name: string;
  readonly linkname: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly devmajor: number;
  readonly devminor: number;
}

const NUMBERS = ['mode', 'uid', 'gid', 'size', 'mtime', 'devmajor', 'devminor'] as const;
const STAR_TRAILER = 508;
/** star shortens ustar's prefix to 131 bytes and stores two times after it. */
const STAR_PREFIX: Field = [345, 131];

const ENTRY_TYPES: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

/** Returns the kind of entry of a type flag; undefined if it is not supported (GNU sparse, multi-volume). */
export function entryTypeOf(flag: string, name: string): EntryType | undefined {
  const type = ENTRY_TYPES[flag];
  return type === 'file' && name.endsWith('/') ? 'directory' : type;
}

/** Reads a header block. Returns the error as text if it is invalid. */
export function decodeHeader(block: Uint8Array): RawHeader | string {
  if (readNumber(slice(block, FIELDS.checksum)) !== checksumOf(block)) return 'the header checksum is wrong';
  const numbers = Object.fromEntries(NUMBERS.map((key) => [key, numberIn(block, key)]));
  const bad = NUMBERS.find((key) => numbers[key] === undefined);
  if (bad) return `the field "${bad}" is not a number`;
  if (numbers['size']! < 0) return 'the size is negative';
  const prefix = prefixOf(block);
  const name = text(block, FIELDS.name);
  return {
    ...(numbers as Record<(typeof NUMBERS)[number], number>),
    flag: String.fromCharCode(block[FIELDS.type[0]]!),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkname: text(block, FIELDS.linkname),
  };
}

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** Returns the entry path for a name in a tar; undefined if it leaves the root (`..`). */
export function cleanPath(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
}

/** Devices exist only in POSIX and GNU headers; the old format has other bytes there. */
function numberIn(block: Uint8Array, key: (typeof NUMBERS)[number]): number | undefined {
  if (key.startsWith('dev') && formatOf(block) === 'v7') return 0;
  return readNumber(slice(block, FIELDS[key]));
}

/** Only POSIX headers have a prefix; GNU stores times there. */
function prefixOf(block: Uint8Array): string {
  const format = formatOf(block);
  if (format === 'star') return text(block, STAR_PREFIX);
  return format === 'posix' ? text(block, FIELDS.prefix) : '';
}

function formatOf(block: Uint8Array): 'posix' | 'star' | 'gnu' | 'v7' {
  const magic = Buffer.from(slice(block, FIELDS.magic)).toString('latin1');
  if (magic.startsWith('ustar\0'))
    return text(block, [STAR_TRAILER, BLOCK - STAR_TRAILER]) === 'tar' ? 'star' : 'posix';
  return magic.startsWith('ustar ') ? 'gnu' : 'v7';
}

function text(block: Uint8Array, field: Field): string {
  return upToNul(Buffer.from(slice(block, field)).toString('latin1'));
}

export function upToNul(value: string): string {
  const end = value.indexOf('\0');
  return end < 0 ? value : value.slice(0, end);
}

function slice(block: Uint8Array, [offset, length]: Field): Uint8Array {
  return block.subarray(offset, offset + length);
}
