import { ByteSource } from '../byte-source';
import { damaged, endsEarly } from './faults';

/** The maximum decompressed size of a block (RFC 8878, section 3.1.1.2.4). */
export const BLOCK_LIMIT = 128 * 1024;

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const SKIP_PIECE = 1024 * 1024;

/** A part of a zstd stream: a frame's header or a block; the last block includes the frame's checksum. */
export interface FramePart {
  readonly bytes: Buffer;
  readonly kind: 'header' | 'block' | 'last';
}

/**
 * Finds the frames and blocks of a zstd stream without decompressing it (RFC 8878, section 3.1).
 * Skips skippable frames. Fails with `truncated` and `tar-format`.
 */
export async function* frameParts(stream: AsyncIterable<Uint8Array>): AsyncGenerator<FramePart> {
  const source = new ByteSource(stream);
  try {
    for (;;) {
      const magic = await source.read(4);
      if (magic.length === 0) return;
      if (magic.length < 4) throw endsEarly('zstd');
      const kind = magic.readUInt32LE();
      if (kind === MAGIC) yield* frame(source, magic);
      else if ((kind & 0xfffffff0) >>> 0 === SKIPPABLE) await skip(source);
      else throw damaged('zstd', 'it does not begin like a frame');
    }
  } finally {
    await source.close();
  }
}

async function* frame(source: ByteSource, magic: Buffer): AsyncGenerator<FramePart> {
  const descriptor = (await exactly(source, 1))[0]!;
  const header = await exactly(source, headerRest(descriptor));
  yield { kind: 'header', bytes: Buffer.concat([magic, Buffer.of(descriptor), header]) };
  const checksum = (descriptor & 0b100) !== 0 ? 4 : 0;
  for (let last = false; !last;) {
    const head = await exactly(source, 3);
    const word = head.readUIntLE(0, 3);
    const type = (word >> 1) & 0b11;
    const size = word >> 3;
    last = (word & 1) === 1;
    if (type === 3 || size > BLOCK_LIMIT) throw damaged('zstd', 'a block has an impossible size or type');
    const body = await exactly(source, (type === 1 ? 1 : size) + (last ? checksum : 0));
    yield { kind: last ? 'last' : 'block', bytes: Buffer.concat([head, body]) };
  }
}

/** Bytes of a frame's header after its descriptor (RFC 8878, section 3.1.1.1). */
function headerRest(descriptor: number): number {
  const single = (descriptor & 0b100000) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 ? Number(single) : 2 ** sizeFlag;
  const dictionary = [0, 1, 2, 4][descriptor & 0b11]!;
  return (single ? 0 : 1) + dictionary + contentSize;
}

async function skip(source: ByteSource): Promise<void> {
  let left = (await exactly(source, 4)).readUInt32LE();
  for (; left > 0; left -= Math.min(left, SKIP_PIECE)) await exactly(source, Math.min(left, SKIP_PIECE));
}

async function exactly(source: ByteSource, length: number): Promise<Buffer> {
  const bytes = await source.read(length);
  if (bytes.length === length) return bytes;
  throw endsEarly('zstd');
}
