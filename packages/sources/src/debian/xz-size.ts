const FOOTER_BYTES = 12;
const HEADER_BYTES = 12;

/**
 * Bytes of content of an .xz file, from its index (xz file format 1.2, sections 2.1.2 and 4). Streams that were put
 * one after another are added up. Throws an Error where the structure is not that of an .xz file.
 */
export function xzContentSize(data: Buffer): number {
  let total = 0;
  let end = data.length;
  while (end > 0) {
    if (end >= 4 && data.readUInt32LE(end - 4) === 0) {
      end -= 4; // Stream padding.
      continue;
    }
    const stream = streamBefore(data, end);
    total += stream.contentBytes;
    end = stream.start;
  }
  return total;
}

function streamBefore(data: Buffer, end: number): { start: number; contentBytes: number } {
  const footer = end - FOOTER_BYTES;
  if (footer < HEADER_BYTES || data.toString('latin1', end - 2, end) !== 'YZ')
    throw new Error('no xz footer');
  const indexBytes = (data.readUInt32LE(footer + 4) + 1) * 4;
  const indexStart = footer - indexBytes;
  if (indexStart < HEADER_BYTES || data[indexStart] !== 0) throw new Error('no xz index');
  const records = readRecords(data, indexStart + 1, footer);
  const start = indexStart - records.storedBytes - HEADER_BYTES;
  if (start < 0 || data.readUInt32BE(start) !== 0xfd377a58) throw new Error('no xz header');
  return { start, contentBytes: records.contentBytes };
}

function readRecords(data: Buffer, from: number, end: number): { storedBytes: number; contentBytes: number } {
  const reader = new VarintReader(data, from, end);
  const count = reader.next();
  let storedBytes = 0;
  let contentBytes = 0;
  for (let record = 0; record < count; record++) {
    storedBytes += Math.ceil(reader.next() / 4) * 4;
    contentBytes += reader.next();
  }
  return { storedBytes, contentBytes };
}

/** Seven bits a byte, the lowest first (xz file format, section 1.2). */
class VarintReader {
  constructor(
    private readonly data: Buffer,
    private position: number,
    private readonly end: number,
  ) {}

  next(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.data[this.position++];
      if (byte === undefined || this.position > this.end || factor > 2 ** 49)
        throw new Error('damaged xz index');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
}
