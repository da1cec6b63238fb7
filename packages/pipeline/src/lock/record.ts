import { basename, join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import {
  archiveLockWith,
  chainDigest,
  digestOf,
  fail,
  hexOf,
  ok,
  withoutUnusedStates,
  type ArchiveLock,
  type Image,
  type ImageLock,
  type LockedArchiveState,
  type Platform,
  type Result,
} from '@image-tooling/model';
import type { Session } from '../session';
import { loadWorkspace, readArchiveLock } from '../workspace/load';

/**
 * Writes an image's lock, and updates archive.lock.json to exactly the states that locks name. Runs in one
 * process of a workspace at a time, so that no state is lost. Fails with `lock-stale` if the parent was
 * locked again in the meantime, and as reading the workspace does; then nothing is written.
 */
export async function recordLock(
  session: Session,
  image: Image,
  lock: ImageLock,
  state?: LockedArchiveState,
): Promise<Result<void>> {
  const { root, context } = session;
  const lockName = `locks of ${basename(root)} ${hexOf(digestOf(root)).slice(0, 16)}`;
  return session.store.lock(lockName, context, async () => {
    const moved = await parentMoved(session, image, lock);
    if (!moved.ok) return moved;
    const archiveLock = await readArchiveLock(root, session.options);
    if (!archiveLock.ok) return archiveLock;
    const named = Object.values(lock.platforms).map((platform) => platform.state);
    const withState =
      state && named.includes(state.id) ? archiveLockWith(archiveLock.value, state) : archiveLock.value;
    const added = await writeArchiveLock(session, archiveLock.value, withState);
    if (!added.ok) return added;
    const file = join(root, image.folder, 'lock.json');
    const written = await writeFileAtomic(file, `${JSON.stringify(lock, undefined, 1)}\n`);
    return written.ok ? dropUnused(session, withState) : written;
  });
}

/** States are dropped after the lock is written: a crash in between would lose a needed state. */
async function dropUnused(session: Session, archiveLock: ArchiveLock | undefined): Promise<Result<void>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok || !archiveLock) return ok(undefined);
  const used = withoutUnusedStates(archiveLock, workspace.value.images.values());
  return writeArchiveLock(session, archiveLock, used);
}

async function writeArchiveLock(
  { root, options }: Session,
  before: ArchiveLock | undefined,
  after: ArchiveLock | undefined,
): Promise<Result<void>> {
  const text = JSON.stringify(after, undefined, 2);
  if (JSON.stringify(before, undefined, 2) === text) return ok(undefined);
  return writeFileAtomic(join(root, options.imagesDir, 'archive.lock.json'), `${text}\n`);
}

async function parentMoved(session: Session, { name }: Image, lock: ImageLock): Promise<Result<void>> {
  const workspace = await loadWorkspace(session.root, session.options);
  if (!workspace.ok) return workspace;
  const parent = workspace.value.images.get(name)?.parent;
  const platforms = Object.keys(lock.platforms) as Platform[];
  if (platforms.every((platform) => lock.platforms[platform]?.on === chainDigest(parent, platform)))
    return ok(undefined);
  return fail({
    code: 'lock-stale',
    message: `What "${name}" is based on was locked again during this run.`,
    hint: `Run "npx nx run ${name}:lock" again.`,
  });
}
