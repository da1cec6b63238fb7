import { ByteReader } from './byte-reader';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** Most bytes that one block holds (RFC 8878, section 3.1.1.2.4). */
const BLOCK_BYTES = 128 * 1024;
/** What zstd itself decodes without being asked for more: 128 MiB (zstd(1), --long; ZSTD_WINDOWLOG_LIMIT_DEFAULT). */
const MOST_WINDOW = 2 ** 27;
const DAMAGED = 'damaged zstd data';

/**
 * Returns how many bytes zstd data can hold at most, without decoding it: compressed blocks count as full. Throws an
 * Error where the structure is not that of zstd, or a frame asks for more than 128 MiB of memory (RFC 8878, section 3.1).
 */
export function zstdBound(data: Buffer): number {
  const reader = new ByteReader(data, 0, DAMAGED);
  let bound = 0;
  while (!reader.isAtEnd) {
    const magic = reader.uintLE(4);
    if (magic === MAGIC) bound += frameBound(reader);
    else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) reader.skip(reader.uintLE(4));
    else throw new Error('no zstd frame');
  }
  return bound;
}

function frameBound(reader: ByteReader): number {
  const hasChecksum = skipFrameHeader(reader);
  let bound = 0;
  for (let last = false; !last;) {
    const head = reader.uintLE(3);
    const [type, size] = [(head >> 1) & 0b11, head >> 3];
    last = (head & 1) === 1;
    if (type === 3 || size > BLOCK_BYTES) throw new Error(DAMAGED);
    bound += type === 2 ? BLOCK_BYTES : size;
    reader.skip(type === 1 ? 1 : size);
  }
  reader.skip(hasChecksum ? 4 : 0);
  return bound;
}

/** Section 3.1.1.1. Returns whether a checksum follows the frame's blocks. */
function skipFrameHeader(reader: ByteReader): boolean {
  const descriptor = reader.byte();
  const isSingle = (descriptor & 0b100000) !== 0;
  const sizeFlag = descriptor >> 6;
  if (!isSingle) checkWindow(reader.byte());
  reader.skip([0, 1, 2, 4][descriptor & 0b11] ?? 0);
  reader.skip(sizeFlag === 0 ? Number(isSingle) : 2 ** sizeFlag);
  return (descriptor & 0b100) !== 0;
}

/** Section 3.1.1.1.2. A single segment has the window of its content, which the bound covers. */
function checkWindow(byte: number): void {
  const base = 2 ** (10 + (byte >> 3));
  const window = base + (base / 8) * (byte & 0b111);
  if (window > MOST_WINDOW) throw new Error(`a zstd frame that asks for ${window} bytes of memory`);
}
