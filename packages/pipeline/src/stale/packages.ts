import {
  archOf,
  compareDebianVersions,
  lockedPackages,
  type Image,
  type LockedDeb,
  type Platform,
} from '@image-tooling/model';
import type { ArchivePackage, ArchiveState } from '@image-tooling/sources';
import type { StalePackage } from './types';

/** The archive of security fixes, as locks call it. */
const SECURITY = 'debian-security';

/** Returns the packages of an image's own lock that the archive has in a newer version, by name. */
export function stalePackages({ definition, lock }: Image, state: ArchiveState): StalePackage[] {
  const found = new Map<string, StalePackage>();
  for (const platform of definition.platforms) {
    const { byName } = state.packages(archOf(platform));
    for (const deb of lockedPackages(lock?.value.platforms[platform])) {
      const newer = newerThan(deb, byName.get(deb.name) ?? []);
      if (newer.length > 0) add(found, platform, deb, newer);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The newest first, as the index has them. */
function newerThan({ version }: LockedDeb, versions: readonly ArchivePackage[]): ArchivePackage[] {
  return versions.filter((found) => compareDebianVersions(found.version, version) > 0);
}

/** Most packages are the same on all platforms. */
function add(
  found: Map<string, StalePackage>,
  platform: Platform,
  { name, version: from }: LockedDeb,
  newer: readonly ArchivePackage[],
): void {
  const to = newer[0]?.version ?? from;
  const security = newer.some(({ archive }) => archive === SECURITY);
  const key = [name, from, to].join(' ');
  const platforms = [...(found.get(key)?.platforms ?? []), platform];
  found.set(key, { name, from, to, security, platforms });
}
