import type { DebianPackage, Digest, Licence } from '@image-tooling/model';
import type { InstalledPackage } from '../contents';
import type { FilledLayer } from './filled-layer';

/**
 * Returns the installed Debian packages: those of the uppermost status, each with the lowest layer whose status has the
 * same version; and those with a record of their own, as in images without dpkg.
 */
export function debianPackages(layers: readonly FilledLayer[]): DebianPackage[] {
  const last = layers.findLast(({ contents }) => contents.packages)?.contents.packages ?? [];
  const fromStatus = last.map((one) => ({ one, layer: lowestWith(layers, one) }));
  const fromRecords = layers.flatMap(({ layer, contents }) =>
    contents.records.map((one) => ({ one, layer: layer.digest })),
  );
  const found = [...fromStatus, ...fromRecords];
  const installed = namesOf(found.map(({ one }) => one));
  return found.map(({ one, layer }) => debianPackage(one, layer, { layers, installed }));
}

interface Surroundings {
  readonly layers: readonly FilledLayer[];
  readonly installed: ReadonlyMap<string, string>;
}

function debianPackage(
  installed: InstalledPackage,
  layer: Digest,
  { layers, installed: names }: Surroundings,
): DebianPackage {
  const { name, version, architecture, source, maintainer, homepage } = installed;
  const licence = licenceOf(layers, name);
  return {
    kind: 'deb',
    name,
    version,
    architecture,
    source,
    ...(maintainer !== undefined && { maintainer }),
    ...(homepage !== undefined && { homepage }),
    ...(licence && { licence }),
    dependsOn: dependencies(installed, names),
    layer,
  };
}

function lowestWith(layers: readonly FilledLayer[], wanted: InstalledPackage): Digest {
  const lowest = layers.find(({ contents }) => contents.packages?.some((one) => isSame(one, wanted)));
  if (!lowest) throw new Error('the package is from the status of a layer');
  return lowest.layer.digest;
}

function isSame(a: InstalledPackage, b: InstalledPackage): boolean {
  return a.name === b.name && a.version === b.version && a.architecture === b.architecture;
}

/** Returns real and provided names → the installed package. A real name comes first. */
function namesOf(packages: readonly InstalledPackage[]): ReadonlyMap<string, string> {
  const provided = packages.flatMap(({ name, provides }) => provides.map((one) => [one, name] as const));
  return new Map([...provided, ...packages.map(({ name }) => [name, name] as const)]);
}

/** The first installed alternative of each dependency. */
function dependencies(
  { name, depends }: InstalledPackage,
  installed: ReadonlyMap<string, string>,
): readonly string[] {
  const found = depends.flatMap((choices) => {
    const choice = choices.find((one) => installed.has(one));
    return choice === undefined ? [] : (installed.get(choice) ?? []);
  });
  return [...new Set(found)].filter((one) => one !== name).sort();
}

/** Links of documentation folders that are followed: real ones have one. */
const MOST_LINKS = 5;

function licenceOf(layers: readonly FilledLayer[], name: string): Licence | undefined {
  let folder = name;
  for (let links = 0; links <= MOST_LINKS; links++) {
    for (const { contents } of layers.toReversed())
      if (Object.hasOwn(contents.licences, folder)) return contents.licences[folder];
    const link = layers.findLast(({ contents }) => Object.hasOwn(contents.docLinks, folder));
    if (!link) return undefined;
    folder = link.contents.docLinks[folder]!;
  }
  return undefined;
}
