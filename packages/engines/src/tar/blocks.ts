/** Bytes of a tar block (POSIX.1-2017, pax, "ustar Interchange Format"). */
export const BLOCK = 512;

/** What a header block says, as far as this package needs it. Names are byte strings (latin1). */
export interface Header {
  readonly name: string;
  readonly type: string;
  /** Bytes of data that follow. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly linkName: string;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
}

/** Reads a header block; undefined for a block of zeros, which ends an archive. Throws on a bad checksum. */
export function readHeader(block: Buffer): Header | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (readNumber(block, 148, 8) !== checksumOf(block)) throw new TarError('a header has a wrong checksum');
  const prefix = block.toString('latin1', 257, 262) === 'ustar' ? readText(block, 345, 155) : '';
  const name = readText(block, 0, 100);
  const isGnu = block.toString('latin1', 257, 265) === 'ustar  \0';
  return {
    name: prefix === '' || isGnu ? name : `${prefix}/${name}`,
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0),
    size: readNumber(block, 124, 12),
    mode: readNumber(block, 100, 8),
    uid: readNumber(block, 108, 8),
    gid: readNumber(block, 116, 8),
    linkName: readText(block, 157, 100),
    deviceMajor: readNumber(block, 329, 8),
    deviceMinor: readNumber(block, 337, 8),
  };
}

/** A header block for an entry without data. A name of more than 100 bytes needs a `path` record before it. */
export function writeHeader(entry: {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly size?: number;
}): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(entry.name.slice(0, 100), 0, 'latin1');
  writeNumber(block, entry.mode, 100, 8);
  for (const offset of [108, 116, 329, 337]) writeNumber(block, 0, offset, 8);
  writeNumber(block, entry.size ?? 0, 124, 12);
  writeNumber(block, 0, 136, 12);
  block.write(entry.type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** The bytes that fill data of this size up to a whole block. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** A tar that can't be read: the callers make it a `tar-format` failure. */
export class TarError extends Error {}

function checksumOf(block: Buffer): number {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  return sum;
}

function readText(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset);
  return block.toString('latin1', offset, end === -1 || end > offset + length ? offset + length : end);
}

/** Octal digits, or GNU's base-256 where the first bit is set (GNU tar manual, "Extensions to the ustar format"). */
function readNumber(block: Buffer, offset: number, length: number): number {
  if (((block[offset] ?? 0) & 0x80) === 0)
    return Number.parseInt(readText(block, offset, length).trim() || '0', 8);
  let value = (block[offset] ?? 0) & 0x7f;
  for (let at = offset + 1; at < offset + length; at++) value = value * 256 + (block[at] ?? 0);
  return value;
}

function writeNumber(block: Buffer, value: number, offset: number, length: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
}
