import type { ArchivePackage, PackageIndex, Provider } from './package';
import { parseRelations, satisfies, type Relation } from './relation';
import { compareVersions } from './version';

/** Orders packages by name with the newest version first, and notes who provides what. */
export function indexPackages(packages: readonly ArchivePackage[]): PackageIndex {
  const byName = new Map<string, ArchivePackage[]>();
  const providers = new Map<string, Provider[]>();
  for (const candidate of packages) {
    const versions = byName.get(candidate.name);
    if (versions) versions.push(candidate);
    else byName.set(candidate.name, [candidate]);
    for (const [provided] of parseRelations(candidate.provides)) {
      if (provided) append(providers, provided.name, { package: candidate, version: provided.version });
    }
  }
  for (const versions of byName.values())
    if (versions.length > 1) versions.sort((a, b) => compareVersions(b.version, a.version));
  return { byName, providers };
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** The newest version of a package, as apt would choose it where all suites have the same priority. */
export function newest(index: PackageIndex, name: string): ArchivePackage | undefined {
  return index.byName.get(name)?.[0];
}

/** The packages that can stand for a relation: the newest version of that name, then providers by name. */
export function candidates(index: PackageIndex, relation: Relation): ArchivePackage[] {
  const real = newest(index, relation.name);
  const virtual = (index.providers.get(relation.name) ?? [])
    .filter(
      (provider) => provides(provider, relation) && newest(index, provider.package.name) === provider.package,
    )
    .map((provider) => provider.package)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return real && satisfies(real.version, relation) ? [real, ...virtual] : virtual;
}

/** A versioned relation is met by a versioned provision only (Debian policy 7.5). */
function provides(provider: Provider, relation: Relation): boolean {
  if (relation.version === undefined) return true;
  return provider.version !== undefined && satisfies(provider.version, relation);
}
