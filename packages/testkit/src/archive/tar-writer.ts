/** An entry of a small tar. Names are below `./`, without it, and shorter than 98 bytes. */
export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'symlink' | 'hardlink';
  readonly content?: Buffer;
  /** Target of a link. */
  readonly link?: string;
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

const BLOCK = 512;
const TYPES = { file: '0', hardlink: '1', symlink: '2', folder: '5' } as const;

/** Returns a ustar file (POSIX.1-1988) in which every entry has the same time. */
export function writeTar(entries: readonly TarEntry[], mtime: number): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [header(entry, content.length, mtime), content, padding(content.length)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number, mtime: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const name = entry.name === '' ? './' : `./${entry.name}${entry.type === 'folder' ? '/' : ''}`;
  if (Buffer.byteLength(name) > 100) throw new Error(`the fixture's file name is too long: ${name}`);
  block.write(name, 0);
  writeOctal(block, 100, 8, entry.mode);
  writeOctal(block, 108, 8, entry.uid ?? 0);
  writeOctal(block, 116, 8, entry.gid ?? 0);
  writeOctal(block, 124, 12, size);
  writeOctal(block, 136, 12, mtime);
  block.write(TYPES[entry.type], 156);
  block.write(entry.type === 'hardlink' ? `./${entry.link}` : (entry.link ?? ''), 157);
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function writeOctal(block: Buffer, at: number, length: number, value: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), at);
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
