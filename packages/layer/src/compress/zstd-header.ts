/** The sizes in a frame's header (RFC 8878, section 3.1.1.1), in bytes. */
export interface FrameHeader {
  /** The memory that its decoder needs. */
  readonly window: number;
  /** Undefined if the header does not state it. */
  readonly content: number | undefined;
}

const MAGIC_BYTES = 4;

/** Reads a frame's header: magic number, descriptor, and the fields that the descriptor names. */
export function frameHeader(bytes: Buffer): FrameHeader {
  const descriptor = bytes[MAGIC_BYTES] ?? 0;
  const isSingle = (descriptor & 0b100000) !== 0;
  const start = MAGIC_BYTES + 1;
  const dictionary = [0, 1, 2, 4][descriptor & 0b11] ?? 0;
  const content = contentSize(bytes, start + (isSingle ? 0 : 1) + dictionary, descriptor >> 6, isSingle);
  return { window: isSingle ? (content ?? 0) : windowSize(bytes[start] ?? 0), content };
}

/** Section 3.1.1.1.2. */
function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 0b111);
}

/** Section 3.1.1.1.4; sizes of two bytes begin at 256. */
function contentSize(bytes: Buffer, at: number, flag: number, isSingle: boolean): number | undefined {
  if (flag === 0) return isSingle ? bytes.readUInt8(at) : undefined;
  if (flag === 1) return bytes.readUInt16LE(at) + 256;
  return flag === 2 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at));
}
