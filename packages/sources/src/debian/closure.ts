import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { ArchivePackage, PackageIndex } from './package';
import { candidates, newest } from './package-index';
import { parseRelations, type RelationGroup } from './relation';
import { notFound } from './not-found';

export interface ClosureOptions {
  /** Packages besides the essential and required ones: `apt`. */
  readonly include: readonly string[];
}

/**
 * Returns the packages of a new system: Essential, Priority required, `include`, and all that they need
 * (Pre-Depends, Depends), sorted by name. Of alternatives, takes one that is already chosen, else the first
 * that exists. Fails with `package-not-found` for each missing name and each unmet relation.
 */
export function bootstrapClosure(index: PackageIndex, options: ClosureOptions): Result<ArchivePackage[]> {
  const closure = new Closure(index);
  const missing = options.include.filter((name) => !closure.includeName(name));
  closure.includeEssential();
  closure.complete();
  const [first, ...rest] = [...missing.map((name) => notFound(name, index)), ...closure.unmet];
  if (first) return fail(first, ...rest);
  return ok([...closure.chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

class Closure {
  readonly chosen = new Map<string, ArchivePackage>();
  readonly unmet: Failure[] = [];
  private readonly pending: ArchivePackage[] = [];

  constructor(private readonly index: PackageIndex) {}

  includeName(name: string): boolean {
    const found = newest(this.index, name);
    if (found) this.choose(found);
    return found !== undefined;
  }

  includeEssential(): void {
    for (const name of [...this.index.byName.keys()].sort()) {
      const found = newest(this.index, name);
      if (found && (found.essential || found.priority === 'required')) this.choose(found);
    }
  }

  complete(): void {
    for (let next = this.pending.shift(); next; next = this.pending.shift())
      for (const group of needsOf(next)) this.meet(group, next);
  }

  private choose(found: ArchivePackage): void {
    if (this.chosen.has(found.name)) return;
    this.chosen.set(found.name, found);
    this.pending.push(found);
  }

  private meet(group: RelationGroup, needing: ArchivePackage): void {
    const possible = group.flatMap((relation) => candidates(this.index, relation));
    if (possible.some(({ name }) => this.chosen.has(name))) return;
    const [first] = possible;
    if (first) this.choose(first);
    else this.unmet.push(unmetNeed(needing, group));
  }
}

function needsOf(found: ArchivePackage): RelationGroup[] {
  return [...parseRelations(found.preDepends), ...parseRelations(found.depends)];
}

function unmetNeed(needing: ArchivePackage, group: RelationGroup): Failure {
  const text = group
    .map(({ name, operator, version }) => (version === undefined ? name : `${name} (${operator} ${version})`))
    .join(' | ');
  return {
    code: 'package-not-found',
    message: `${needing.name} ${needing.version} needs ${text}, and no suite has it.`,
    hint: 'Add the suite that has it, or wait for the mirror to become consistent and run the lock target again.',
  };
}
