import {
  archiveStateId,
  archOf,
  platformOfNode,
  type Arch,
  type Image,
  type LockedArchiveState,
  type Result,
} from '@image-tooling/model';
import { openArchive, type ArchiveState } from '@image-tooling/sources';
import { blobCache } from '../blob-cache';
import type { Session } from '../session';
import { archivesOf, suitesOf } from './archives';

/** Fetches and verifies the current state of the archives. */
export async function currentState(
  session: Session,
  codename: string,
  arches: readonly Arch[],
): Promise<Result<ArchiveState>> {
  const archives = await archivesOf(session);
  if (!archives.ok) return archives;
  const request = {
    archives: archives.value,
    suites: suitesOf(session, codename),
    arches,
    http: session.http,
    cache: blobCache(session.store),
  };
  return openArchive(request, session.context);
}

/** Opens the archives of a release of Debian for all images that are locked together. */
export type ArchiveOf = (codename: string) => Promise<Result<ArchiveState>>;

/** Opens each release once: images that are locked together are locked in one state. */
export function archiveOnce(session: Session, images: readonly Image[]): ArchiveOf {
  const arches = [
    ...new Set([HOST_ARCH, ...images.flatMap(({ definition }) => definition.platforms.map(archOf))]),
  ];
  const opened = new Map<string, Promise<Result<ArchiveState>>>();
  return (codename) => {
    const state = opened.get(codename) ?? currentState(session, codename, arches);
    opened.set(codename, state);
    return state;
  };
}

/** The architecture that apt runs on. */
export const HOST_ARCH: Arch = archOf(platformOfNode(process.arch) ?? 'linux/amd64');

/** Returns a state for archive.lock.json. */
export function lockedState({ releases, time }: ArchiveState): LockedArchiveState {
  const rows = releases.map(({ archive, suite, sha256, date }) => ({ archive, suite, sha256, date }));
  return { id: archiveStateId(rows), time, releases: rows };
}
