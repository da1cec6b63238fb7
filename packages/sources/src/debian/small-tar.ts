/** A regular file of a small tar. */
export interface SmallTarFile {
  /** Without a leading `./`. */
  readonly name: string;
  readonly content: Buffer;
}

const BLOCK = 512;

/**
 * The regular files of a tar that holds nothing but short names: a .deb's control.tar (deb(5)).
 * Throws an Error that says what is wrong with it.
 */
export function readSmallTar(tar: Buffer): SmallTarFile[] {
  const files: SmallTarFile[] = [];
  let position = 0;
  while (position + BLOCK <= tar.length && tar[position] !== 0) {
    const name = textAt(tar, position, 100);
    const size = Number.parseInt(textAt(tar, position + 124, 12).trim(), 8);
    const type = String.fromCharCode(tar[position + 156] ?? 0);
    const start = position + BLOCK;
    if (Number.isNaN(size) || start + size > tar.length)
      throw new Error(`the entry "${name}" ends after the tar`);
    if (type === '0' || type === '\0')
      files.push({ name: name.replace(/^\.\//, ''), content: tar.subarray(start, start + size) });
    position = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function textAt(tar: Buffer, start: number, length: number): string {
  const field = tar.toString('latin1', start, start + length);
  const end = field.indexOf('\0');
  return end < 0 ? field : field.slice(0, end);
}
