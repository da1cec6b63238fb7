import { Numbers, type RandomBytes } from './bytes';
import type { Elf, ElfPart } from './elf';

/**
 * Offsets, in words after 8 bytes, of the table's fields "offset of the names" and "offset of what follows them", by the
 * magic number of its format (Go's runtime/symtab.go, pcHeader; internal/abi/symtab.go, PCLnTabMagic): Go 1.20 and
 * later, 1.18, 1.16.
 */
const FORMATS: ReadonlyMap<number, readonly [names: number, next: number]> = new Map([
  [0xfffffff1, [3, 4]],
  [0xfffffff0, [3, 4]],
  [0xfffffffa, [2, 3]],
]);

const HEADER = 8 + 8 * 8;
/** Bytes: k9s, which links Kubernetes and AWS, has 18 MB of names. */
const MOST_NAMES = 512 * 1024 * 1024;
const PIECE = 1024 * 1024;

/**
 * Yields, in parts, the names of all functions that are linked into a Go program, also those that are inlined, each with
 * a zero at its end. They are from the table that the runtime needs for stack traces: it is there in stripped programs
 * too (cmd/link/internal/ld/pcln.go, generateFuncnametab). Returns false if there is no such table, or its format is
 * unknown.
 */
export async function* functionNames(file: RandomBytes, elf: Elf): AsyncGenerator<string, boolean> {
  const table = await nameTable(file, elf);
  if (!table) return false;
  let rest = '';
  for (let at = 0; at < table.size; at += PIECE) {
    const piece = await file.read(table.offset + at, Math.min(PIECE, table.size - at));
    if (piece.length === 0) return false;
    const names = rest + piece.toString('latin1');
    const end = names.lastIndexOf('\0') + 1;
    rest = names.slice(end);
    yield names.slice(0, end);
  }
  return true;
}

async function nameTable(file: RandomBytes, elf: Elf): Promise<Pick<ElfPart, 'offset' | 'size'> | undefined> {
  const part = elf.sections.find(({ name }) => /^(?:\.data\.rel\.ro)?\.gopclntab$/.test(name));
  if (!part || part.offset + part.size > file.size) return undefined;
  const header = new Numbers(await file.read(part.offset, HEADER), elf.isLittle);
  const format = FORMATS.get(header.at(0, 4) ?? 0);
  const word = header.at(7, 1);
  if (!format || (word !== 4 && word !== 8)) return undefined;
  const [start, end] = format.map((field) => header.at(8 + field * word, word));
  if (start === undefined || end === undefined || start > end || end > part.size) return undefined;
  return end - start > MOST_NAMES ? undefined : { offset: part.offset + start, size: end - start };
}
