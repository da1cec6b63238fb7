import { digestOf, type Digest } from '@image-tooling/model';
import { groupBy } from './group-by';

/** An entry of a vulnerability database in the OSV format (OSV schema 1.7, ossf.github.io/osv-schema). */
export interface OsvEntry {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly summary?: string;
  readonly withdrawn?: string;
  readonly affected: readonly OsvAffected[];
}

export interface OsvPackage {
  /** "Go", "npm" */
  readonly ecosystem: string;
  readonly name: string;
}

export interface OsvAffected {
  readonly package: OsvPackage;
  readonly ranges?: readonly {
    readonly type: string;
    readonly events: readonly { readonly introduced?: string; readonly fixed?: string }[];
  }[];
  /** Go: the affected packages and symbols; no symbols means all (go.dev/doc/security/vuln/database). */
  readonly ecosystem_specific?: {
    readonly imports?: readonly {
      readonly path: string;
      readonly goos?: readonly string[];
      readonly goarch?: readonly string[];
      readonly symbols?: readonly string[];
    }[];
  };
}

/**
 * A vulnerability database by the packages that its entries are about. Entries are parsed when their package is asked
 * for: an image has few of them.
 */
export class OsvDatabase {
  /** Of `text`. */
  readonly digest: Digest;
  private readonly entriesByPackage: ReadonlyMap<string, string>;

  /** @param text a line for each package: its key, a tab, and its entries as JSON */
  constructor(readonly text: string) {
    this.digest = digestOf(text);
    this.entriesByPackage = new Map(
      text
        .split('\n')
        .filter((line) => line !== '')
        .map(keyAndEntries),
    );
  }

  /** Leaves withdrawn entries out: they were wrong. */
  static of(entries: readonly OsvEntry[]): OsvDatabase {
    const found = new Map<string, OsvEntry[]>();
    for (const entry of entries.filter(({ withdrawn }) => withdrawn === undefined))
      for (const [key, affected] of groupBy(entry.affected, (one) => keyOf(one.package)))
        found.set(key, [...(found.get(key) ?? []), { ...entry, affected }]);
    return new OsvDatabase([...found].map(([key, some]) => `${key}\t${JSON.stringify(some)}\n`).join(''));
  }

  get isEmpty(): boolean {
    return this.entriesByPackage.size === 0;
  }

  hasEcosystem(ecosystem: string): boolean {
    return [...this.entriesByPackage.keys()].some((key) => (JSON.parse(key) as string[])[0] === ecosystem);
  }

  /** Returns the entries about a package, with what they say of this package alone. */
  entriesOf(of: OsvPackage): OsvEntry[] {
    return JSON.parse(this.entriesByPackage.get(keyOf(of)) ?? '[]') as OsvEntry[];
  }
}

/** As JSON, which has neither tabs nor line ends. */
function keyOf({ ecosystem, name }: OsvPackage): string {
  return JSON.stringify([ecosystem, name]);
}

function keyAndEntries(line: string): [key: string, entries: string] {
  const end = line.indexOf('\t');
  return [line.slice(0, end), line.slice(end + 1)];
}
