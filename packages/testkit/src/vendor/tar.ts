/** An entry of a tar as a vendor, or an attacker, may write it: unchecked. */
export interface VendorEntry {
  readonly name: string;
  /** Whether the name is written in ISO 8859-1, as of no system today. Default: in UTF-8. */
  readonly latin1?: boolean;
  readonly content?: Buffer | string;
  /**
   * ustar's type flag: "0" file, "1" hard link, "2" symlink, "3" device, "5" folder, "6" pipe. Default: file.
   */
  readonly flag?: string;
  readonly link?: string;
  readonly mode?: number;
  /** The size in the header, if it differs from the content's length. */
  readonly size?: number;
}

const BLOCK = 512;
/** Not the epoch: times must not get into layers. */
const TIME = 1_700_000_000;

/**
 * Returns a ustar file (POSIX pax, "ustar Interchange Format"); names longer than 100 bytes go into PAX
 * headers.
 */
export function vendorTar(entries: readonly VendorEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(entryBlocks), Buffer.alloc(2 * BLOCK)]);
}

function entryBlocks(entry: VendorEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? '');
  const long = Buffer.byteLength(entry.name) > 100;
  const pax = long
    ? entryBlocks({ name: 'PaxHeader', flag: 'x', content: paxRecord('path', entry.name) })
    : [];
  return [...pax, header(entry, content.length), content, Buffer.alloc(padding(content.length))];
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  const digits = String(length + String(length).length).length;
  return `${length + digits}${rest}`;
}

function header(
  { name, latin1 = false, flag = '0', link = '', mode = 0o644, size }: VendorEntry,
  length: number,
): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, latin1 ? 'latin1' : 'utf8');
  const numbers: readonly (readonly [number, number, number])[] = [
    [100, 8, mode],
    [108, 8, 501],
    [116, 8, 20],
    [124, 12, size ?? length],
    [136, 12, TIME],
  ];
  for (const [at, width, value] of numbers) block.write(value.toString(8).padStart(width - 1, '0'), at);
  block.write(flag, 156);
  block.write(link, 157, 100);
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padding(length: number): number {
  return (BLOCK - (length % BLOCK)) % BLOCK;
}
