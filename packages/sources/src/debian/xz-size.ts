import { ByteReader } from './byte-reader';

const STREAM_HEADER_BYTES = 12;
const MAGIC = Buffer.from('fd377a585a00', 'hex');
const LZMA2 = 0x21;

/** Bytes of a block's check, by its kind (xz file format 1.2, section 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/**
 * Returns how many bytes the decoder makes of an .xz file's first stream, without decoding it: what every chunk says it
 * holds, which is all that a decoder takes from it. The sizes in the index say nothing: a decoder compares them when it
 * has all the content in memory. Throws an Error where the structure is not that of an .xz file of LZMA2 alone.
 */
export function xzContentSize(data: Buffer): number {
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('no xz header');
  const checkBytes = CHECK_BYTES[(data[MAGIC.length + 1] ?? 0) & 0x0f] ?? 0;
  const reader = new ByteReader(data, STREAM_HEADER_BYTES, 'damaged xz data');
  let content = 0;
  for (let size = reader.byte(); size !== 0; size = reader.byte()) {
    skipBlockHeader(reader, (size + 1) * 4);
    content += chunksSize(reader);
    reader.align(4);
    reader.skip(checkBytes);
  }
  return content;
}

/** Section 3.1; `bytes` count from the size's own byte. */
function skipBlockHeader(reader: ByteReader, bytes: number): void {
  const end = reader.position - 1 + bytes;
  const flags = reader.byte();
  if ((flags & 0x40) !== 0) reader.varint();
  if ((flags & 0x80) !== 0) reader.varint();
  if ((flags & 0x03) !== 0 || reader.varint() !== LZMA2) throw new Error('an xz filter other than LZMA2');
  reader.skip(end - reader.position);
}

/** The chunks of LZMA2 up to their end marker (Linux, lib/xz/xz_dec_lzma2.c, "LZMA2 chunk header"). */
function chunksSize(reader: ByteReader): number {
  let content = 0;
  for (let control = reader.byte(); control !== 0; control = reader.byte()) {
    const isCompressed = control >= 0x80;
    if (!isCompressed && control > 2) throw new Error('damaged xz data');
    const high = isCompressed ? (control & 0x1f) * 0x10000 : 0;
    const size = high + reader.uint16() + 1;
    content += size;
    const stored = isCompressed ? reader.uint16() + 1 : size;
    reader.skip(stored + (control >= 0xc0 ? 1 : 0));
  }
  return content;
}
