import type { PlatformLock, LockedDeb } from '../definitions/locks';
import { lockedPackages } from '../definitions/workspace/system-chain';
import type { Platform } from '../platform';

/** A Debian package that differs between two locks. */
export interface PackageChange {
  readonly name: string;
  /** Undefined if it is new. */
  readonly from?: string;
  /** Undefined if it is gone. */
  readonly to?: string;
  readonly platforms: readonly Platform[];
}

/** Locks of an image by platform. */
export type PlatformLocks = Readonly<Partial<Record<Platform, PlatformLock>>>;

/** Returns what differs between the packages of two locks of an image, by name. */
export function changedPackages(before: PlatformLocks, after: PlatformLocks): PackageChange[] {
  const platforms = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort() as Platform[];
  return merged(
    platforms.flatMap((platform) =>
      changesBetween(lockedPackages(before[platform]), lockedPackages(after[platform])).map((change) => ({
        ...change,
        platforms: [platform],
      })),
    ),
  );
}

function changesBetween(before: readonly LockedDeb[], after: readonly LockedDeb[]) {
  const [old, fresh] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((name) => {
    const [from, to] = [old.get(name), fresh.get(name)];
    if (from?.sha256 === to?.sha256) return [];
    return [{ name, ...(from && { from: from.version }), ...(to && { to: to.version }) }];
  });
}

function byName(packages: readonly LockedDeb[]): Map<string, LockedDeb> {
  return new Map(packages.map((deb) => [deb.name, deb]));
}

/** Most changes are the same on all platforms. */
function merged(changes: readonly PackageChange[]): PackageChange[] {
  const found = new Map<string, PackageChange>();
  for (const change of changes) {
    const key = [change.name, change.from, change.to].join(' ');
    const platforms = [...(found.get(key)?.platforms ?? []), ...change.platforms];
    found.set(key, { ...change, platforms });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
