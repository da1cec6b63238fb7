import { archOf, type Platform } from '@image-tooling/model';
import type { ProgramSymbols } from '../subject';
import type { OsvAffected, OsvEntry } from '../osv-database';

/** The functions of a program, for one of its modules. */
export interface LinkedModule {
  readonly symbols: ProgramSymbols;
  /** Whether the program's own package may be in this module. */
  readonly isOfMain: boolean;
}

type Import = NonNullable<NonNullable<OsvAffected['ecosystem_specific']>['imports']>[number];

/** A program's own package is called this in it, whatever its import path is. */
const MAIN = 'main';

/** Returns the packages whose linked functions decide whether entries affect a program. */
export function packagesOf(entries: readonly OsvEntry[]): ReadonlySet<string> {
  const found = new Set([MAIN]);
  for (const { affected } of entries)
    for (const { ecosystem_specific: specific } of affected)
      for (const { path } of specific?.imports ?? []) found.add(path);
  return found;
}

/**
 * Returns whether a program has vulnerable code of a module: one of the functions that the entry names for this platform.
 * Without names of functions, any function of the package counts; without packages, or without the program's symbols, it
 * has it.
 */
export function hasVulnerableCode(
  { ecosystem_specific: specific }: OsvAffected,
  platform: Platform,
  linked: LinkedModule | undefined,
): boolean {
  const imports = specific?.imports ?? [];
  if (imports.length === 0) return true;
  const here = imports.filter((one) => isOn(one, platform));
  if (linked === undefined) return here.length > 0;
  return here.some((one) => isLinked(one, linked));
}

/** A missing list means all of them (go.dev/doc/security/vuln/database, "ecosystem_specific"). */
function isOn({ goos = [], goarch = [] }: Import, platform: Platform): boolean {
  const isSystem = goos.length === 0 || goos.includes('linux');
  return isSystem && (goarch.length === 0 || goarch.includes(archOf(platform)));
}

function isLinked({ path, symbols = [] }: Import, { symbols: linked, isOfMain }: LinkedModule): boolean {
  const paths = isOfMain ? [path, MAIN] : [path];
  return paths.some((one) => {
    const functions = Object.hasOwn(linked, one) ? linked[one]! : [];
    return functions.length > 0 && (symbols.length === 0 || symbols.some((name) => functions.includes(name)));
  });
}
