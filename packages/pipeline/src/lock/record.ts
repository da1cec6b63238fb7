import { join } from 'node:path';
import {
  archiveLockWith,
  chainDigest,
  fail,
  ok,
  readWorkspace,
  withoutUnusedStates,
  type ArchiveLock,
  type Image,
  type ImageLock,
  type LockedArchiveState,
  type Platform,
  type Result,
  type WorkspaceFiles,
} from '@image-tooling/model';
import type { Session } from '../session';
import { loadWorkspace, readArchiveLock, workspaceFiles } from '../workspace/load';
import { whileWriting, writeTogether } from '../workspace/write-together';

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
  return whileWriting(session, async () => {
    const moved = await parentMoved(session, image, lock);
    if (!moved.ok) return moved;
    const archiveLock = await readArchiveLock(session.root, session.options);
    if (!archiveLock.ok) return archiveLock;
    const named = Object.values(lock.platforms).map((platform) => platform.state);
    const withState =
      state && named.includes(state.id) ? archiveLockWith(archiveLock.value, state) : archiveLock.value;
    const text = imageLockText(lock);
    const path = join(image.folder, 'lock.json');
    const files = await workspaceFiles(session.root, session.options);
    const others = (files.imageLocks ?? []).filter(({ file }) => file !== path);
    const used = usedStates({ ...files, imageLocks: [...others, { file: path, text }] }, withState);
    return writeTogether(session, { ...archiveLockFile(session, archiveLock.value, used), [path]: text });
  });
}

/** Returns the text of an image's lock.json. */
export function imageLockText(lock: ImageLock): string {
  return `${JSON.stringify(lock, undefined, 1)}\n`;
}

/** Returns the states that the locks of a workspace name; all if one of its definitions is wrong. */
export function usedStates(files: WorkspaceFiles, lock: ArchiveLock | undefined): ArchiveLock | undefined {
  if (lock === undefined) return undefined;
  const archiveLock = { file: 'archive.lock.json', text: JSON.stringify(lock) };
  const workspace = readWorkspace({ ...files, archiveLock });
  return workspace.ok ? withoutUnusedStates(lock, workspace.value.images.values()) : lock;
}

/** Returns archive.lock.json if it changes: its content by path. */
export function archiveLockFile(
  { options }: Pick<Session, 'options'>,
  before: ArchiveLock | undefined,
  after: ArchiveLock | undefined,
): Record<string, string> {
  const text = JSON.stringify(after, undefined, 2);
  if (after === undefined || JSON.stringify(before, undefined, 2) === text) return {};
  return { [`${options.imagesDir}/archive.lock.json`]: `${text}\n` };
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
