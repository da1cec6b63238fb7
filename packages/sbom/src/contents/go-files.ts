import {
  functionNames,
  LinkedSymbols,
  readBuildInfo,
  readElf,
  type Elf,
  type RandomBytes,
} from '../go-program';
import type { GoProgram, LayerSymbols } from './types';

export interface ReadGoProgram {
  /** Undefined if it is not a Go program. */
  readonly program?: GoProgram;
  /** Undefined if its table of functions can't be read. */
  readonly symbols?: LayerSymbols[string];
  /** Why the file can't be read. */
  readonly unread?: string;
}

/** Reads the modules and linked functions of an ELF file, if the go command made it. */
export async function readGoProgram(path: string, file: RandomBytes): Promise<ReadGoProgram> {
  const elf = await readElf(file);
  if (!elf) return { unread: 'It is cut off, or not a valid ELF file.' };
  const info = await readBuildInfo(file, elf);
  if (info === undefined) return {};
  if (info === 'unreadable') return { unread: "Go's build information in it can't be read." };
  const modules = [...(info.main ? [info.main] : []), ...info.dependencies];
  const symbols = await linkedSymbols(file, elf, info.path);
  return { program: { path, goVersion: info.goVersion, modules }, ...(symbols && { symbols }) };
}

async function linkedSymbols(
  file: RandomBytes,
  elf: Elf,
  mainPath: string | undefined,
): Promise<LayerSymbols[string] | undefined> {
  const found = new LinkedSymbols();
  const names = functionNames(file, elf);
  for (let next = await names.next(); ; next = await names.next()) {
    if (next.done === true) return next.value ? found.sorted(mainPath) : undefined;
    found.add(next.value);
  }
}
