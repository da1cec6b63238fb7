import { placeOf } from '../../diagnostics/document';
import type { Failure } from '../../failure';
import type { ArchiveLock } from '../archive-lock';
import { lockedPackages } from './system-chain';
import type { Image, ImageEntry } from './types';

/**
 * Returns the lock without states that no image's lock names. Keeps all while a lock can't be read, or names
 * none.
 */
export function withoutUnusedStates(lock: ArchiveLock, images: Iterable<Image>): ArchiveLock {
  const used = new Set<string>();
  for (const { lock: own, lockFailures } of images) {
    if (lockFailures) return lock;
    for (const platform of Object.values(own?.value.platforms ?? {})) {
      if (platform.state === undefined && lockedPackages(platform).length > 0) return lock;
      if (platform.state !== undefined) used.add(platform.state);
    }
  }
  return { ...lock, states: lock.states.filter(({ id }) => used.has(id)) };
}

/**
 * Returns a `lock-stale` for each lock that names a state which archive.lock.json lacks, as after a merge.
 */
export function unknownStateFailures(image: ImageEntry, archiveLock: ArchiveLock | undefined): Failure[] {
  const known = new Set<string | undefined>(archiveLock?.states.map(({ id }) => id));
  const platforms = Object.entries(image.lock?.value.platforms ?? {});
  const unknown = platforms.find(([, { state }]) => state !== undefined && !known.has(state));
  if (!image.lock || !unknown) return [];
  const place = placeOf(image.lock.document, ['platforms', unknown[0], 'state'], 'not there');
  return [{ code: 'lock-stale', ...unknownState(image, archiveLock !== undefined), place }];
}

function unknownState({ name, folder }: ImageEntry, hasFile: boolean): Pick<Failure, 'message' | 'hint'> {
  const file = `${folder.slice(0, folder.lastIndexOf('/') + 1)}archive.lock.json`;
  const lock = `or run "npx nx run ${name}:lock".`;
  if (!hasFile)
    return {
      message: `The lock of "${name}" names an archive state, but there is no ${file}.`,
      hint: `Restore the file with "git checkout HEAD -- ${file}" and commit it with the locks, ${lock}`,
    };
  return {
    message: `The lock of "${name}" names an archive state that archive.lock.json does not have.`,
    hint: `Restore archive.lock.json from git (after a merge: the states of both sides), ${lock}`,
  };
}
