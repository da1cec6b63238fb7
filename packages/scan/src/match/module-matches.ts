import type { Digest, Platform } from '@image-tooling/model';
import type { SemVer } from 'semver';
import { goVersion } from '../go-version';
import type { OsvDatabase, OsvEntry } from '../osv-database';
import type { LinkedSymbols } from '../subject';
import type { ComparedModule } from './modules';
import { affectedRange, versionRanges } from './ranges';
import { hasVulnerableCode, type LinkedModule } from './symbols';

/** An entry of a database that a module is in with its version. */
export interface ModuleMatch {
  /** The module's place among those of its layer (`modulesIn`). */
  readonly module: number;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /** As the database writes it. */
  readonly fixedIn?: string;
  /** Its program has none of the functions that are vulnerable. */
  readonly isAbsent?: true;
}

/** Matches of the modules in each layer, by the layer's digest. */
export type MatchesByLayer = ReadonlyMap<Digest, readonly ModuleMatch[]>;

/** Entries about modules, by kind and name of the module. */
export type EntriesByModule = ReadonlyMap<string, readonly OsvEntry[]>;

/** Names of ecosystems in OSV entries (ossf.github.io/osv-schema, "Defined ecosystems"). */
const ECOSYSTEMS = { go: 'Go', npm: 'npm' } as const;

/** Returns what a database has about modules, whatever their versions. */
export function entriesAbout(modules: readonly ComparedModule[], database: OsvDatabase): EntriesByModule {
  const distinct = new Map(modules.map((one) => [keyOf(one), one]));
  return new Map(
    [...distinct].map(([key, { kind, name }]) => [
      key,
      database.entriesOf({ ecosystem: ECOSYSTEMS[kind], name }),
    ]),
  );
}

function keyOf({ kind, name }: ComparedModule): string {
  return `${kind} ${name}`;
}

/** Where modules are compared. */
export interface ComparedOn {
  readonly platform: Platform;
  /** Of the packages that entries name (`packagesOf`). Missing programs: nothing is known, so all entries count. */
  readonly symbols: LinkedSymbols;
}

/** Returns the entries that the modules of a layer are in, in the order of the modules. */
export function matchesOf(
  modules: readonly ComparedModule[],
  entries: EntriesByModule,
  on: ComparedOn,
): ModuleMatch[] {
  return modules.flatMap((one, module) => {
    const about = entries.get(keyOf(one)) ?? [];
    const version = about.length > 0 ? goVersion(one.version) : undefined;
    const linked = linkedModule(one, on.symbols);
    return about.flatMap((entry) =>
      matchOf(entry, version, { ...on, linked }).map((match) => ({ module, ...match })),
    );
  });
}

function linkedModule(
  { program, isOfMain }: ComparedModule,
  symbols: LinkedSymbols,
): LinkedModule | undefined {
  if (program === undefined || !Object.hasOwn(symbols, program)) return undefined;
  return { symbols: symbols[program]!, isOfMain };
}

interface ComparedWith extends ComparedOn {
  readonly linked: LinkedModule | undefined;
}

function matchOf(
  { id, aliases = [], summary = id, affected }: OsvEntry,
  version: SemVer | undefined,
  { platform, linked }: ComparedWith,
): Omit<ModuleMatch, 'module'>[] {
  const hits = affected.flatMap((block) => {
    const range = affectedRange(versionRanges(block), version);
    return range ? [{ block, ...range }] : [];
  });
  if (hits.length === 0) return [];
  const present = hits.filter(({ block }) => hasVulnerableCode(block, platform, linked));
  const fixedIn = [...present, ...hits].find((hit) => hit.fixedIn !== undefined)?.fixedIn;
  return [
    {
      id,
      aliases: [...aliases].sort(),
      title: summary,
      ...(fixedIn !== undefined && { fixedIn }),
      ...(present.length === 0 && { isAbsent: true as const }),
    },
  ];
}
