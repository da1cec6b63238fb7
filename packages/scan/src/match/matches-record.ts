import { digestOf, type Digest, type Platform } from '@image-tooling/model';
import type { OsvDatabase } from '../osv-database';
import type { ModuleMatch } from './module-matches';
import type { ComparedModule } from './modules';

/** Raise it if equal modules get other matches: what was kept before then does not count. */
const MATCHES_VERSION = 1;

/** All that decides the matches of a layer, besides the functions of its programs. */
export interface Compared {
  readonly modules: readonly ComparedModule[];
  readonly platform: Platform;
  readonly database: Pick<OsvDatabase, 'digest'>;
  /** The version of the reader of functions. */
  readonly symbolsVersion: number;
}

/** The matches of a layer, as they are kept by its diff id. */
export interface MatchesRecord {
  readonly compared: Digest;
  readonly matches: readonly ModuleMatch[];
}

export function recordOfMatches(compared: Compared, matches: readonly ModuleMatch[]): MatchesRecord {
  return { compared: hashOf(compared), matches };
}

/** Returns the matches in a record; undefined if it is invalid, or of something else that was compared. */
export function matchesOfRecord(json: unknown, compared: Compared): readonly ModuleMatch[] | undefined {
  const record = json as Partial<MatchesRecord> | null | undefined;
  if (typeof record !== 'object' || record === null) return undefined;
  const { matches } = record;
  const isOfThese = record.compared === hashOf(compared) && Array.isArray(matches);
  return isOfThese && matches.every((one) => isMatchOf(compared, one)) ? matches : undefined;
}

function hashOf({ modules, platform, database, symbolsVersion }: Compared): Digest {
  return digestOf(JSON.stringify([MATCHES_VERSION, symbolsVersion, database.digest, platform, modules]));
}

function isMatchOf({ modules }: Compared, value: unknown): value is ModuleMatch {
  const match = value as Partial<Record<keyof ModuleMatch, unknown>> | null;
  if (typeof match !== 'object' || match === null) return false;
  const { module, id, aliases, title, fixedIn = '', isAbsent = true } = match;
  return (
    typeof module === 'number' &&
    modules[module] !== undefined &&
    [id, title, fixedIn].every((text) => typeof text === 'string') &&
    Array.isArray(aliases) &&
    aliases.every((alias) => typeof alias === 'string') &&
    isAbsent === true
  );
}
