import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { fail, ok, type Arch, type ArchiveLock, type Result } from '@image-tooling/model';
import { openArchive, type ArchiveState } from '@image-tooling/sources';
import type { Session } from '../session';
import { archivesOf, suitesOf } from '../workspace/archives';

/** The archives as they are now, fetched and verified. */
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
  };
  return openArchive(request, session.context);
}

/** Records the state that images stand on from now on: the root lock. */
export function writeArchiveLock(session: Session, state: ArchiveState): Promise<Result<void>> {
  const { root, options } = session;
  const lock = archiveLockOf(state);
  return writeFileAtomic(
    join(root, options.imagesDir, 'archive.lock.json'),
    `${JSON.stringify(lock, undefined, 2)}\n`,
  );
}

/** Fails with `lock-stale` where the archive has moved on since the images below were locked: all stand on one state. */
export function checkSameState(
  state: ArchiveState,
  locked: ArchiveLock | undefined,
  image: string,
): Result<void> {
  const now = JSON.stringify(archiveLockOf(state).releases);
  if (locked && JSON.stringify(locked.releases) === now) return ok(undefined);
  return fail({
    code: 'lock-stale',
    message: `The archive has changed since the parent of "${image}" was locked; all images stand on one state of it.`,
    hint: 'Lock all images again: npx nx run-many -t lock',
  });
}

function archiveLockOf({ releases, time }: ArchiveState): ArchiveLock {
  const rows = releases.map(({ archive, suite, sha256, date }) => ({ archive, suite, sha256, date }));
  return { lockVersion: 1, time, releases: rows };
}
