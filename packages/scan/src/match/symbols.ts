import { archOf, type Platform } from '@image-tooling/model';
import type { ProgramSymbols } from '../subject';
import type { OsvAffected } from '../vulnerability-data';

/** The functions of a program, for one of its modules. */
export interface LinkedModule {
  readonly symbols: ProgramSymbols;
  /** Whether the program's own package may be in this module. */
  readonly isOfMain: boolean;
}

type Import = NonNullable<NonNullable<OsvAffected['ecosystem_specific']>['imports']>[number];

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

/** A program's own package is called "main" in it, whatever its import path is. */
function isLinked({ path, symbols = [] }: Import, { symbols: linked, isOfMain }: LinkedModule): boolean {
  const own = Object.hasOwn(linked, path) ? linked[path] : undefined;
  const functions = [...(own ?? []), ...(isOfMain ? (linked['main'] ?? []) : [])];
  return functions.length > 0 && (symbols.length === 0 || symbols.some((one) => functions.includes(one)));
}
