import { Numbers, type RandomBytes } from './bytes';
import type { Elf, ElfPart } from './elf';
import { parseModules, type BuildInfo } from './modules';

/** Go's debug/buildinfo: 16 bytes, aligned to 16. */
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGN = 16;
/** Go's debug/buildinfo, "The build info blob is left by the linker": the strings begin after 32 bytes. */
const INLINE_START = 32;
const IS_INLINE = 2;
const IS_BIG = 1;

/** The data segment of a program without section names begins with it; the go command searches as far. */
const MOST_SEARCHED = 1024 * 1024;
/** Kubernetes' programs state 300 modules in 40 kB. */
const MOST_TEXT = 16 * 1024 * 1024;

/**
 * Returns what the go command recorded in a program (debug/buildinfo), also if it is stripped. Undefined if it is not a
 * Go program; `unreadable` if it is one, and its build information is cut off or of an unknown format.
 */
export async function readBuildInfo(
  file: RandomBytes,
  elf: Elf,
): Promise<BuildInfo | 'unreadable' | undefined> {
  const place = elf.sections.find(({ name }) => name === '.go.buildinfo');
  const part = place ?? elf.segments.find(({ isWritable }) => isWritable);
  if (!part) return undefined;
  const start = await findMagic(file, part);
  if (start === undefined) return place ? 'unreadable' : undefined;
  const header = await file.read(start, INLINE_START);
  const flags = header[MAGIC.length + 1];
  if (header.length < INLINE_START || flags === undefined) return 'unreadable';
  const strings = (flags & IS_INLINE) !== 0 ? inlineStrings : stringsByAddress;
  const [version, modules] = (await strings(file, start, elf)) ?? [];
  if (version === undefined || modules === undefined) return 'unreadable';
  return parseModules(version.toString('utf8'), withoutSentinels(modules).toString('utf8')) ?? 'unreadable';
}

async function findMagic(file: RandomBytes, part: ElfPart): Promise<number | undefined> {
  const bytes = await file.read(part.offset, Math.min(part.size, MOST_SEARCHED));
  for (let at = bytes.indexOf(MAGIC); at >= 0; at = bytes.indexOf(MAGIC, at + 1))
    if (at % ALIGN === 0) return part.offset + at;
  return undefined;
}

type Strings = readonly [version: Buffer, modules: Buffer];

/** Go 1.18 and later: each string is a varint of its length, and its bytes. */
async function inlineStrings(file: RandomBytes, start: number): Promise<Strings | undefined> {
  const version = await inlineString(file, start + INLINE_START);
  const modules = version && (await inlineString(file, version.end));
  return version && modules && [version.bytes, modules.bytes];
}

interface InlineString {
  readonly bytes: Buffer;
  readonly end: number;
}

async function inlineString(file: RandomBytes, start: number): Promise<InlineString | undefined> {
  const length = unsignedVarint(await file.read(start, 5));
  if (!length || length.value > MOST_TEXT) return undefined;
  const bytes = await file.read(start + length.width, length.value);
  const end = start + length.width + length.value;
  return bytes.length === length.value ? { bytes, end } : undefined;
}

/** Go's encoding/binary: seven bits a byte, the lowest first; the last byte is below 128. */
function unsignedVarint(bytes: Buffer): { readonly value: number; readonly width: number } | undefined {
  let value = 0;
  for (const [at, byte] of bytes.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { value, width: at + 1 };
  }
  return undefined;
}

/** Before Go 1.18: two addresses of string headers, each an address and a length. */
async function stringsByAddress(file: RandomBytes, start: number, elf: Elf): Promise<Strings | undefined> {
  const header = await file.read(start, INLINE_START);
  const width = header[MAGIC.length];
  if (width !== 4 && width !== 8) return undefined;
  const isLittle = (header[MAGIC.length + 1]! & IS_BIG) === 0;
  const program = { file, elf, isLittle, width };
  const numbers = new Numbers(header, isLittle);
  const version = await stringAt(program, numbers.at(ALIGN, width));
  const modules = await stringAt(program, numbers.at(ALIGN + width, width));
  return version && modules && [version, modules];
}

interface Program {
  readonly file: RandomBytes;
  readonly elf: Elf;
  readonly isLittle: boolean;
  readonly width: number;
}

async function stringAt(program: Program, address: number | undefined): Promise<Buffer | undefined> {
  const { isLittle, width } = program;
  const header = address === undefined ? undefined : await bytesAt(program, address, 2 * width);
  const numbers = header && new Numbers(header, isLittle);
  const [data, length] = [numbers?.at(0, width), numbers?.at(width, width)];
  if (data === undefined || length === undefined || length > MOST_TEXT) return undefined;
  return length === 0 ? Buffer.alloc(0) : bytesAt(program, data, length);
}

async function bytesAt({ file, elf }: Program, address: number, length: number): Promise<Buffer | undefined> {
  const part = elf.segments.find((one) => address >= one.address && address < one.address + one.size);
  if (!part) return undefined;
  const bytes = await file.read(part.offset + address - part.address, length);
  return bytes.length === length ? bytes : undefined;
}

/** Go's debug/buildinfo: the text is between two marks of 16 bytes, if it is not empty. */
const SENTINEL = 16;

function withoutSentinels(text: Buffer): Buffer {
  const isWhole = text.length > 2 * SENTINEL && text[text.length - SENTINEL - 1] === 0x0a;
  return isWhole ? text.subarray(SENTINEL, text.length - SENTINEL) : Buffer.alloc(0);
}
