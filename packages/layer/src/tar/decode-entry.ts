import type { RawHeader } from './decode';
import type { EntryType } from './entry';
import { XATTR_PREFIX, type PaxRecords } from './pax';

/** Returns the value of a numeric PAX record; undefined if it is not a number, or out of range. */
export function paxNumber(key: 'uid' | 'gid' | 'size' | 'mtime', value: string): number | undefined {
  if (!/^-?[0-9]+(\.[0-9]*)?$/.test(value)) return undefined;
  const number = Number(value);
  return key === 'mtime' || (Number.isSafeInteger(number) && number >= 0) ? number : undefined;
}

/** Returns the extended attributes among PAX records, by name. */
export function xattrsOf(pax: PaxRecords): Map<string, Uint8Array> {
  const named = [...pax].filter(([key]) => key.startsWith(XATTR_PREFIX));
  return new Map(named.map(([key, value]) => [key.slice(XATTR_PREFIX.length), Buffer.from(value, 'latin1')]));
}

/** Returns the device numbers of a device; nothing for other entries. */
export function deviceOf(type: EntryType, header: RawHeader) {
  if (type !== 'char' && type !== 'block') return {};
  return { device: { major: header.devmajor, minor: header.devminor } };
}
