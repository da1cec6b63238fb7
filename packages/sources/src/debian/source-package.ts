import type { ArchivePackage, PackageIndex } from './package';
import { compareDebianVersions } from '@image-tooling/model';

/** A version of a source package. */
export interface SourceVersion {
  readonly name: string;
  readonly version: string;
}

/** Returns the source package that a package is built from (Debian policy 5.6.1, deb-control(5) "Source"). */
export function sourceOf({ name, version, source }: ArchivePackage): SourceVersion {
  const [, sourceName = name, sourceVersion = version] =
    /^(\S+)(?: \(([^()\s]+)\))?$/.exec(source ?? '') ?? [];
  return { name: sourceName, version: sourceVersion };
}

/** The newest version of a source package in an archive, and all packages that are built from it. */
export interface NewestSource extends SourceVersion {
  readonly packages: readonly ArchivePackage[];
}

/** Returns the newest version of each source package, over all architectures. */
export function newestSources(indexes: readonly PackageIndex[]): Map<string, NewestSource> {
  const newest = new Map<string, { name: string; version: string; packages: ArchivePackage[] }>();
  for (const found of indexes.flatMap(({ byName }) => [...byName.values()].flat())) {
    const { name, version } = sourceOf(found);
    const known = newest.get(name);
    const order = known ? compareDebianVersions(version, known.version) : 1;
    if (order > 0) newest.set(name, { name, version, packages: [found] });
    else if (order === 0) known?.packages.push(found);
  }
  return newest;
}
