import { compareDebianVersions, type DebianPackage, type Digest } from '@image-tooling/model';
import type { Finding } from '../finding';
import { fixWith } from '../fix/command';
import { groupBy } from '../group-by';
import { bringerOf } from '../origin';
import type { Located } from './in-tool';
import type { ScanSubject } from '../subject';
import type { DebianFixes, DebianSourceFixes } from '../vulnerability-data';

/** Id of a finding for a newer version in the security suite whose changelog names no vulnerability. */
export const SECURITY_UPDATE = 'debian-security-update';

/** The packages of one source package that one layer brings. */
export interface Installed {
  readonly source: string;
  readonly version: string;
  readonly packages: readonly DebianPackage[];
}

/** Returns what newer versions of an image's Debian packages fix. */
export function debianFindings(subject: ScanSubject, { sources, suite }: DebianFixes): Finding[] {
  return installedSources(subject).flatMap((installed) => {
    const fixes = Object.hasOwn(sources, installed.source) ? sources[installed.source] : undefined;
    if (!fixes) return [];
    const named = vulnerabilities(subject, installed, fixes);
    return named.length > 0 ? named : securityUpdate(subject, installed, { ...fixes, suite });
  });
}

/** Source packages of an image, by what is known of them. */
export interface SourcesWithoutData {
  readonly known: readonly string[];
  /** The archive had them no longer when the data was written. */
  readonly gone: readonly string[];
  /** The data was written without them. */
  readonly unknown: readonly string[];
}

/** Returns which source packages of an image the data has, and which it does not. */
export function sourcesWithoutData(subject: ScanSubject, { sources, gone }: DebianFixes): SourcesWithoutData {
  const isGone = ({ source, packages }: Installed): boolean =>
    gone.includes(source) || packages.every(({ name }) => gone.includes(name));
  const isKnown = ({ source }: Installed): boolean => Object.hasOwn(sources, source);
  const installed = installedSources(subject);
  const without = installed.filter((one) => !isKnown(one));
  const names = (some: readonly Installed[]): string[] =>
    [...new Set(some.map(({ source }) => source))].sort();
  return {
    known: names(installed.filter(isKnown)),
    gone: names(without.filter(isGone)),
    unknown: names(without.filter((one) => !isGone(one))),
  };
}

export function installedSources({ inventory }: ScanSubject): Installed[] {
  const found = new Map<string, Installed>();
  for (const one of inventory.components) {
    if (one.kind !== 'deb') continue;
    const { name, version } = one.source;
    const key = [name, version, one.layer].join('\n');
    const packages = [...(found.get(key)?.packages ?? []), one];
    found.set(key, { source: name, version, packages });
  }
  return [...found.values()];
}

function vulnerabilities(
  subject: ScanSubject,
  installed: Installed,
  { fixes }: DebianSourceFixes,
): Finding[] {
  return [...groupBy(Object.entries(fixes), ([, fixedIn]) => fixedIn)]
    .filter(([fixedIn]) => compareDebianVersions(installed.version, fixedIn) < 0)
    .flatMap(([fixedIn, fixed]) => {
      const title = `${installed.source}: fixed in ${fixedIn}`;
      const finding = findingOf(subject, installed, fixedIn);
      return fixed.map(([id]) => ({ ...finding, id, title }));
    });
}

function securityUpdate(
  subject: ScanSubject,
  installed: Installed,
  { newest, security, suite }: DebianSourceFixes & Pick<DebianFixes, 'suite'>,
): Finding[] {
  if (!security || compareDebianVersions(installed.version, newest) >= 0) return [];
  const title = `${installed.source}: ${newest} is in the security suite of ${suite}`;
  return [{ ...findingOf(subject, installed, newest), id: SECURITY_UPDATE, title }];
}

/**
 * Returns where a vulnerable source package is, and what fixes it. An image's lock takes the newest versions that the
 * archive has. Packages of an image of a registry are fixed by its publisher.
 */
export function inSource(
  subject: ScanSubject,
  { source, version, packages }: Installed,
  fixedIn: string | undefined,
): Located {
  const layer = packages[0]?.layer;
  const bringer = bringerOf(subject, layer);
  const hasCommand = fixedIn !== undefined && !isOfRegistry(subject, layer);
  return {
    kind: 'vulnerability',
    component: { name: source, version, purls: packages.flatMap((one) => subject.purlOf(one) ?? []) },
    place: packages.map(({ name }) => name).join(', '),
    ...(layer && { layer }),
    ...bringer,
    ...(fixedIn !== undefined && { fixedIn }),
    ...(hasCommand && fixWith({ kind: 'lock', project: bringer.owner })),
  };
}

function findingOf(
  subject: ScanSubject,
  installed: Installed,
  fixedIn: string,
): Omit<Finding, 'id' | 'title'> {
  return { ...inSource(subject, installed, fixedIn), aliases: [], severity: 'unknown' };
}

function isOfRegistry({ inventory }: ScanSubject, layer: Digest | undefined): boolean {
  return inventory.layers.some(({ digest, kind }) => digest === layer && kind === 'base');
}
