interface Magic {
  readonly at: number;
  readonly bytes: string;
}

/** The first bytes of archives and compressed files (file(1), magic/Magdir/archive and compress). */
const MAGICS: readonly Magic[] = [
  { at: 0, bytes: 'PK\x03\x04' },
  { at: 0, bytes: '\x1f\x8b' },
  { at: 0, bytes: '\xfd7zXZ\0' },
  { at: 0, bytes: '\x28\xb5\x2f\xfd' },
  { at: 0, bytes: 'BZh' },
  { at: 0, bytes: '!<arch>\n' },
  { at: 0, bytes: '7z\xbc\xaf\x27\x1c' },
  { at: 257, bytes: 'ustar' },
];

/** Returns whether a file that begins with these bytes is an archive or a compressed file. */
export function isArchive(start: Buffer): boolean {
  return MAGICS.some(({ at, bytes }) => start.subarray(at, at + bytes.length).toString('latin1') === bytes);
}
