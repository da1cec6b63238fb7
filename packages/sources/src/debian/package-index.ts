import type { ArchivePackage, PackageIndex, Provider } from './package';
import { parseRelations, satisfies, type Relation } from './relation';
import { compareDebianVersions } from '@image-tooling/model';

/** Indexes packages by name, newest version first, and by the names that they provide. */
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
    if (versions.length > 1) versions.sort((a, b) => compareDebianVersions(b.version, a.version));
  return { byName, providers };
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** Returns the newest version of a package, which apt chooses if all suites have the same priority. */
export function newest(index: PackageIndex, name: string): ArchivePackage | undefined {
  return index.byName.get(name)?.[0];
}

/** Returns the packages that can meet a relation: the newest version of that name, then providers by name. */
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

/** Only a versioned Provides meets a versioned relation (Debian policy 7.5). */
function provides(provider: Provider, relation: Relation): boolean {
  if (relation.version === undefined) return true;
  return provider.version !== undefined && satisfies(provider.version, relation);
}
