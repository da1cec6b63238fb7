import type { EntryType } from './entry';

/** Bytes of a tar block (POSIX pax, "ustar Interchange Format"). */
export const BLOCK = 512;

/** A field of the header block: offset and length, as in POSIX's table of the ustar header. */
export type Field = readonly [offset: number, length: number];

export const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
} as const satisfies Record<string, Field>;

/** The type flag of each kind of entry. */
export const TYPE_FLAGS: Readonly<Record<EntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

/** Returns the sum of all header bytes, with the checksum field taken as spaces. */
export function checksumOf(block: Uint8Array): number {
  const [start, length] = FIELDS.checksum;
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= start && i < start + length ? 0x20 : block[i]!;
  return sum;
}

/** Returns the number of bytes up to the next block boundary. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
