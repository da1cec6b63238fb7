import type { RandomBytes } from '../src/go-program';
import { DATA_ADDRESS, elfFile, writerOf, type ElfOptions } from './elf';

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const SENTINEL = Buffer.alloc(16, 0x33);

/** What the go command writes into a program (go version -m), between its marks. */
export function moduleText(lines: readonly string[]): Buffer {
  return Buffer.concat([SENTINEL, Buffer.from(`${lines.join('\n')}\n`), SENTINEL]);
}

export const MODULES = [
  'path\texample.org/tool/cmd',
  'mod\texample.org/tool\tv1.2.3\th1:main=',
  'dep\tgolang.org/x/net\tv0.47.0\th1:net=',
  'dep\texample.org/old\tv1.0.0',
  '=>\texample.org/new\tv2.0.0\th1:new=',
  'dep\texample.org/local\tv0.1.0',
  '=>\t./local\t',
  'build\t-trimpath=true',
];

function inlineString(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** The blob of Go 1.18 and later. */
export function inlineBuildInfo(modules = moduleText(MODULES), version = 'go1.26.8'): Buffer {
  const header = Buffer.concat([MAGIC, Buffer.from([8, 2]), Buffer.alloc(16)]);
  return Buffer.concat([header, inlineString(Buffer.from(version)), inlineString(modules)]);
}

/** The blob of Go before 1.18, with the strings that it points to, at the address of the data segment. */
export function oldBuildInfo(options: ElfOptions): Buffer {
  const write = writerOf(options);
  const texts = [Buffer.from('go1.17.13'), moduleText(MODULES)];
  const flags = options.order === 'big' ? 1 : 0;
  const start = 32 + 4 * write.wordSize;
  const ends = [start, start + texts[0]!.length];
  const blob = Buffer.concat([
    MAGIC,
    Buffer.from([write.wordSize, flags]),
    write.word(DATA_ADDRESS + 32),
    write.word(DATA_ADDRESS + 32 + 2 * write.wordSize),
  ]);
  const headers = texts.map((text, at) =>
    Buffer.concat([write.word(DATA_ADDRESS + ends[at]!), write.word(text.length)]),
  );
  return Buffer.concat([blob, Buffer.alloc(32 - blob.length), ...headers, ...texts]);
}

/** The runtime's table of functions, as far as the names (Go's runtime/symtab.go, pcHeader). */
export function functionTable(
  names: readonly string[],
  options: ElfOptions & { readonly magic?: number },
): Buffer {
  const { magic = 0xfffffff1 } = options;
  const write = writerOf(options);
  const texts = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
  const start = 8 + 8 * write.wordSize;
  const fields = [
    ...[names.length, 1, 0, start, start + texts.length],
    ...Array.from({ length: 3 }, () => start + texts.length),
  ];
  const shifted = magic === 0xfffffffa ? [...fields.slice(0, 2), ...fields.slice(3), 0] : fields;
  return Buffer.concat([
    write.number(magic, 4),
    Buffer.from([0, 0, 1, write.wordSize]),
    ...shifted.map((value) => write.word(value)),
    texts,
  ]);
}

export const FUNCTIONS = [
  'main.main',
  'golang.org/x/net/http2.(*Transport).RoundTrip',
  'gopkg.in/yaml%2ev3.Unmarshal.func1',
  'type:.eq.main.pair',
];

/** A program of Go with build information and a table of functions. */
export function goProgram(options: ElfOptions = {}): Buffer {
  return elfFile({
    ...options,
    sections: {
      '.gopclntab': functionTable(FUNCTIONS, options),
      '.go.buildinfo': inlineBuildInfo(),
      ...options.sections,
    },
  });
}

/** Returns bytes as a file that is read in parts. */
export function fileOf(bytes: Buffer): RandomBytes {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}
