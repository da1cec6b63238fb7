import { archOf, type Failure, type LockedDeb, type Platform } from '@image-tooling/model';
import type { ArchiveState } from '@image-tooling/sources';

/**
 * Returns a `checksum` for each locked package that the archive has in the same version with other bytes.
 *
 * @param owner the image or tool, for messages
 */
export function changedDebs(
  owner: string,
  locked: readonly (readonly [Platform, readonly LockedDeb[]])[],
  state: ArchiveState,
): Failure[] {
  return locked.flatMap(([platform, debs]) => {
    const { byName } = state.packages(archOf(platform));
    return debs.flatMap((deb) => {
      const same = (byName.get(deb.name) ?? []).filter(
        ({ version, archive }) => version === deb.version && archive === deb.archive,
      );
      const isChanged = same.length > 0 && same.every(({ sha256 }) => sha256 !== deb.sha256);
      return isChanged ? [changedDeb(owner, deb, same[0]!)] : [];
    });
  });
}

function changedDeb(owner: string, locked: LockedDeb, now: LockedDeb): Failure {
  return {
    code: 'checksum',
    message: `${owner}: the archive "${locked.archive}" has other bytes of ${locked.name} ${locked.version} than the locked ones.`,
    hint: `A version never changes: ask the operator of the archive. If the new file is right, remove the lock.json of ${owner} and lock it again.`,
    details: [`locked sha256 ${locked.sha256}`, `now    sha256 ${now.sha256}`],
  };
}
