import { functionNames, goSymbols, readBuildInfo, readElf, type Elf, type RandomBytes } from '../go-program';
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

/** In a program, the main package is "main"; Go's vulnerability database names it by its import path. */
async function linkedSymbols(
  file: RandomBytes,
  elf: Elf,
  mainPath: string | undefined,
): Promise<LayerSymbols[string] | undefined> {
  const found = new Map<string, Set<string>>();
  const names = functionNames(file, elf);
  for (let next = await names.next(); ; next = await names.next()) {
    if (next.done === true) {
      const main = found.get('main');
      if (mainPath !== undefined && main) found.set(mainPath, main);
      return next.value ? sorted(found) : undefined;
    }
    for (const name of next.value) addSymbols(name, found);
  }
}

function addSymbols(name: string, found: Map<string, Set<string>>): void {
  for (const { package: path, symbol } of goSymbols(name)) {
    const known = found.get(path);
    if (known) known.add(symbol);
    else found.set(path, new Set([symbol]));
  }
}

function sorted(found: ReadonlyMap<string, ReadonlySet<string>>): LayerSymbols[string] {
  const paths = [...found.keys()].sort();
  return Object.fromEntries(paths.map((path) => [path, [...found.get(path)!].sort()]));
}
