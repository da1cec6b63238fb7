import { Numbers, type RandomBytes } from './bytes';

/** A part of a program's file that is mapped to memory. */
export interface ElfPart {
  /** Offset in the file, in bytes. */
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Address in memory. */
  readonly address: number;
}

export interface ElfSection extends ElfPart {
  readonly name: string;
}

export interface ElfSegment extends ElfPart {
  readonly isWritable: boolean;
}

/** The parts of an ELF program (System V ABI, chapters 4 and 5). */
export interface Elf {
  readonly isLittle: boolean;
  readonly sections: readonly ElfSection[];
  /** Those that are loaded. */
  readonly segments: readonly ElfSegment[];
}

/** The first bytes of an ELF file (System V ABI, "ELF Identification"). */
export const ELF_MAGIC = '\x7fELF';

const HEADER = 64;
/** Go's programs have about 40 sections. */
const MOST_PARTS = 4096;
const LOADED = 1;
const WRITABLE = 2;
const NO_BITS = 8;

/** Reads the sections and segments of an ELF file; undefined if it is not one, or cut off. */
export async function readElf(file: RandomBytes): Promise<Elf | undefined> {
  const start = await file.read(0, HEADER);
  const [wordSize, order] = [start[4], start[5]];
  if (start.subarray(0, 4).toString('latin1') !== ELF_MAGIC) return undefined;
  if ((wordSize !== 1 && wordSize !== 2) || (order !== 1 && order !== 2)) return undefined;
  const isLittle = order === 1;
  const layout = wordSize === 2 ? LAYOUT_64 : LAYOUT_32;
  const header = new Numbers(start, isLittle);
  const tables = { file, isLittle, layout };
  const sections = await readTable(tables, header, layout.sectionTable, layout.section);
  const segments = await readTable(tables, header, layout.segmentTable, layout.segment);
  if (!sections || !segments) return undefined;
  const names = sections[header.at(layout.namesIndex, 2) ?? -1];
  return {
    isLittle,
    sections: await named(file, sections, names),
    segments: segments
      .filter((row) => row['type'] === LOADED)
      .map((row) => ({ ...partOf(row), isWritable: (row['flags']! & WRITABLE) !== 0 })),
  };
}

type Row = Readonly<Record<string, number>>;
/** Field → its offset and width in bytes. */
type Fields = Readonly<Record<string, readonly [offset: number, width: number]>>;

interface TablePlace {
  /** Offsets in the file's header: of the table's offset, of its row size, of its row count. */
  readonly offset: readonly [at: number, width: number];
  readonly rowSize: number;
  readonly rows: number;
}

interface Layout {
  readonly sectionTable: TablePlace;
  readonly segmentTable: TablePlace;
  /** Offset of e_shstrndx. */
  readonly namesIndex: number;
  readonly section: Fields;
  readonly segment: Fields;
}

/** elf(5): Elf64_Ehdr, Elf64_Shdr, Elf64_Phdr. */
const LAYOUT_64: Layout = {
  segmentTable: { offset: [32, 8], rowSize: 54, rows: 56 },
  sectionTable: { offset: [40, 8], rowSize: 58, rows: 60 },
  namesIndex: 62,
  section: { name: [0, 4], type: [4, 4], address: [16, 8], offset: [24, 8], size: [32, 8] },
  segment: { type: [0, 4], flags: [4, 4], offset: [8, 8], address: [16, 8], size: [32, 8] },
};

/** elf(5): Elf32_Ehdr, Elf32_Shdr, Elf32_Phdr. */
const LAYOUT_32: Layout = {
  segmentTable: { offset: [28, 4], rowSize: 42, rows: 44 },
  sectionTable: { offset: [32, 4], rowSize: 46, rows: 48 },
  namesIndex: 50,
  section: { name: [0, 4], type: [4, 4], address: [12, 4], offset: [16, 4], size: [20, 4] },
  segment: { type: [0, 4], offset: [4, 4], address: [8, 4], size: [16, 4], flags: [24, 4] },
};

async function readTable(
  { file, isLittle }: { readonly file: RandomBytes; readonly isLittle: boolean },
  header: Numbers,
  place: TablePlace,
  fields: Fields,
): Promise<Row[] | undefined> {
  const offset = header.at(...place.offset);
  const rowSize = header.at(place.rowSize, 2);
  const rows = header.at(place.rows, 2);
  if (offset === undefined || rowSize === undefined || rows === undefined) return undefined;
  if (rows === 0) return [];
  if (rows > MOST_PARTS || offset + rows * rowSize > file.size) return undefined;
  const table = new Numbers(await file.read(offset, rows * rowSize), isLittle);
  const found: Row[] = [];
  for (let at = 0; at < rows; at++) {
    const row = rowAt(table, at * rowSize, fields);
    if (!row) return undefined;
    found.push(row);
  }
  return found;
}

function rowAt(table: Numbers, start: number, fields: Fields): Row | undefined {
  const values = Object.entries(fields).map(([name, [offset, width]]) => [
    name,
    table.at(start + offset, width),
  ]);
  return values.every(([, value]) => value !== undefined) ? (Object.fromEntries(values) as Row) : undefined;
}

/** Names of sections have a few bytes each. */
const MOST_NAMES = 1024 * 1024;

async function named(
  file: RandomBytes,
  sections: readonly Row[],
  namesRow: Row | undefined,
): Promise<ElfSection[]> {
  const names = namesRow
    ? await file.read(namesRow['offset']!, Math.min(namesRow['size']!, MOST_NAMES))
    : Buffer.alloc(0);
  return sections
    .filter((row) => row['type'] !== NO_BITS)
    .map((row) => ({ ...partOf(row), name: textAt(names, row['name']!) }));
}

function textAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(0, start);
  return end < 0 ? '' : bytes.subarray(start, end).toString('latin1');
}

function partOf(row: Row): ElfPart {
  return { offset: row['offset']!, size: row['size']!, address: row['address']! };
}
