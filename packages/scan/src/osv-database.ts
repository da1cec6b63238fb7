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
 * A vulnerability database by the packages that its entries are about. Entries are decoded and parsed when their package
 * is asked for: an image has few of them.
 */
export class OsvDatabase {
  /** Of `bytes`. */
  readonly digest: Digest;
  private packages: ReadonlyMap<string, Buffer> | undefined;

  /** @param bytes a line for each package: its key, a tab, and its entries as JSON */
  constructor(readonly bytes: Buffer) {
    this.digest = digestOf(bytes);
  }

  /** Leaves withdrawn entries out: they were wrong. */
  static of(entries: readonly OsvEntry[]): OsvDatabase {
    const found = new Map<string, OsvEntry[]>();
    for (const entry of entries.filter(({ withdrawn }) => withdrawn === undefined))
      for (const [key, affected] of groupBy(entry.affected, (one) => keyOf(one.package)))
        found.set(key, [...(found.get(key) ?? []), { ...entry, affected }]);
    const lines = [...found].map(([key, some]) => `${key}\t${JSON.stringify(some)}\n`);
    return new OsvDatabase(Buffer.from(lines.join('')));
  }

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  hasEcosystem(ecosystem: string): boolean {
    return [...this.entriesByKey.keys()].some((key) => (JSON.parse(key) as string[])[0] === ecosystem);
  }

  /** Returns the entries about a package, with what they say of this package alone. */
  entriesOf(of: OsvPackage): OsvEntry[] {
    const json = this.entriesByKey.get(keyOf(of));
    return json ? (JSON.parse(json.toString()) as OsvEntry[]) : [];
  }

  private get entriesByKey(): ReadonlyMap<string, Buffer> {
    return (this.packages ??= new Map(keysAndEntries(this.bytes)));
  }
}

/** As JSON, which has neither tabs nor line ends. */
function keyOf({ ecosystem, name }: OsvPackage): string {
  return JSON.stringify([ecosystem, name]);
}

function* keysAndEntries(bytes: Buffer): Generator<[key: string, entries: Buffer]> {
  let start = 0;
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
    const tab = bytes.indexOf('\t', start);
    yield [bytes.toString('utf8', start, tab), bytes.subarray(tab + 1, end)];
    start = end + 1;
  }
}
