import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip as a vendor, or an attacker, may write it: unchecked. */
export interface VendorZipEntry {
  readonly name: string;
  readonly content?: Buffer | string;
  /** With the type of file in its upper bits (0o100755); undefined as Windows writes it. */
  readonly mode?: number;
  /** The name in the local header, if it differs. */
  readonly localName?: string;
  readonly encrypted?: boolean;
  readonly crc?: number;
  /** The size in both headers, if it differs from the content's length. */
  readonly size?: number;
  /** Compression method, where that is not deflate. */
  readonly method?: number;
  /** Points to the content of the entry before, instead of having one. */
  readonly overlaps?: boolean;
}

interface Placed {
  readonly entry: VendorZipEntry;
  readonly offset: number;
  readonly local: Buffer;
}

/** Returns a zip file (APPNOTE.TXT 4.3). */
export function vendorZip(entries: readonly VendorZipEntry[]): Buffer {
  const placed: Placed[] = [];
  let offset = 0;
  for (const entry of entries) {
    const before = placed.at(-1);
    if (entry.overlaps && before) placed.push({ entry, offset: before.offset, local: Buffer.alloc(0) });
    else placed.push({ entry, offset, local: localEntry(entry) });
    offset += placed.at(-1)?.local.length ?? 0;
  }
  const list = Buffer.concat(placed.map(centralHeader));
  return Buffer.concat([
    ...placed.map(({ local }) => local),
    list,
    endOf(placed.length, list.length, offset),
  ]);
}

function localEntry(entry: VendorZipEntry): Buffer {
  const name = Buffer.from(entry.localName ?? entry.name);
  return Buffer.concat([Buffer.from('PK\x03\x04'), commonFields(entry, name), name, packed(entry)]);
}

/** Made by Unix (3), so that the mode counts, or by DOS (0). */
function centralHeader({ entry, offset }: Placed): Buffer {
  const name = Buffer.from(entry.name);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((entry.mode ?? 0) * 0x10000, 6);
  rest.writeUInt32LE(offset, 10);
  const madeBy = Buffer.from([30, entry.mode === undefined ? 0 : 3]);
  return Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, commonFields(entry, name), rest, name]);
}

/** From "version needed" to "extra field length". */
function commonFields(entry: VendorZipEntry, name: Buffer): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE((entry.encrypted ? 1 : 0) | 0x800, 2);
  fields.writeUInt16LE(entry.method ?? 8, 4);
  fields.writeUInt32LE(entry.crc ?? crc32(content), 10);
  fields.writeUInt32LE(packed(entry).length, 14);
  fields.writeUInt32LE(entry.size ?? content.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function packed({ content = '' }: VendorZipEntry): Buffer {
  return deflateRawSync(content);
}

function endOf(count: number, listLength: number, listOffset: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(listLength, 12);
  end.writeUInt32LE(listOffset, 16);
  return end;
}
