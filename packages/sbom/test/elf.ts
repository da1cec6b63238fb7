/** Options of a small ELF file that looks like a Go program. */
export interface ElfOptions {
  readonly bits?: 32 | 64;
  readonly order?: 'little' | 'big';
  /** Content of sections by name. */
  readonly sections?: Readonly<Record<string, Buffer>>;
  /** Content of a writable segment, at the address 0x10000. */
  readonly data?: Buffer;
}

export const DATA_ADDRESS = 0x10000;

/** Writes numbers in the byte order and word size of a file. */
export class NumberWriter {
  constructor(
    readonly wordSize: 4 | 8,
    private readonly isLittle: boolean,
  ) {}

  number(value: number, width: number): Buffer {
    const bytes = Buffer.alloc(width);
    for (let at = 0; at < width; at++) {
      const byte = Math.floor(value / 2 ** (8 * at)) % 256;
      bytes[this.isLittle ? at : width - 1 - at] = byte;
    }
    return bytes;
  }

  word(value: number): Buffer {
    return this.number(value, this.wordSize);
  }
}

export function writerOf({ bits = 64, order = 'little' }: ElfOptions): NumberWriter {
  return new NumberWriter(bits === 64 ? 8 : 4, order === 'little');
}

/** Returns an ELF file with these sections (elf(5)). */
export function elfFile(options: ElfOptions): Buffer {
  const { bits = 64, order = 'little', sections = {}, data } = options;
  const write = writerOf(options);
  const headerSize = bits === 64 ? 64 : 52;
  const named = [...Object.entries(sections), ['.shstrtab', Buffer.alloc(0)] as const];
  const names = Buffer.from(`\0${named.map(([name]) => `${name}\0`).join('')}`, 'latin1');
  const contents = [...Object.values(sections), names, ...(data ? [data] : [])];
  let at = Math.ceil(headerSize / 16) * 16;
  const places = contents.map((content) => {
    const offset = at;
    at += Math.ceil(content.length / 16) * 16;
    return { offset, size: content.length };
  });
  const rows = named.map(([name], index) =>
    sectionRow(write, { ...places[index]!, name: names.indexOf(`${name}\0`), type: 1 }),
  );
  const table = [sectionRow(write, { offset: 0, size: 0, name: 0, type: 0 }), ...rows];
  const segment = data ? segmentRow(write, places.at(-1)!) : Buffer.alloc(0);
  const body = Buffer.alloc(at);
  contents.forEach((content, index) => content.copy(body, places[index]!.offset));
  const header = elfHeader(write, {
    segments: { offset: at, rows: data ? 1 : 0, size: bits === 64 ? 56 : 32 },
    sections: { offset: at + segment.length, rows: table.length, size: bits === 64 ? 64 : 40 },
  });
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, order === 'little' ? 1 : 2, 1]).copy(body);
  header.copy(body, 16);
  return Buffer.concat([body, segment, ...table]);
}

interface Table {
  readonly offset: number;
  readonly rows: number;
  readonly size: number;
}

function elfHeader(
  write: NumberWriter,
  { segments, sections }: Readonly<Record<'segments' | 'sections', Table>>,
): Buffer {
  return Buffer.concat([
    ...[2, 62].map((value) => write.number(value, 2)),
    write.number(1, 4),
    ...[0, segments.offset, sections.offset].map((value) => write.word(value)),
    write.number(0, 4),
    ...[64, segments.size, segments.rows, sections.size, sections.rows, sections.rows - 1].map((value) =>
      write.number(value, 2),
    ),
  ]);
}

interface Row {
  readonly offset: number;
  readonly size: number;
}

function sectionRow(
  write: NumberWriter,
  { offset, size, name, type }: Row & { readonly name: number; readonly type: number },
): Buffer {
  return Buffer.concat([
    ...[name, type].map((value) => write.number(value, 4)),
    ...[0, 0, offset, size].map((value) => write.word(value)),
    ...[0, 0].map((value) => write.number(value, 4)),
    ...[1, 0].map((value) => write.word(value)),
  ]);
}

function segmentRow(write: NumberWriter, { offset, size }: Row): Buffer {
  const flags = write.number(6, 4);
  return Buffer.concat([
    write.number(1, 4),
    ...(write.wordSize === 8 ? [flags] : []),
    ...[offset, DATA_ADDRESS, 0, size, size].map((value) => write.word(value)),
    ...(write.wordSize === 4 ? [flags] : []),
    write.word(16),
  ]);
}
