import {
  all,
  chainOf,
  checkImageLock,
  fail,
  ok,
  type Image,
  type ImageLock,
  type LockedArchiveState,
  type Platform,
  type PlatformLock,
  type Result,
  type Workspace,
} from '@image-tooling/model';
import type { Session } from '../session';
import { readArchiveLock } from '../workspace/load';
import { lockedState, type ArchiveOf } from '../archives/archive-state';
import { findBase, type FoundBase } from './base';
import { lockPlatform, withoutArchive, type Bases, type Locking } from './platform-lock';
import { recordLock } from './record';
import { releaseOf } from './release';

/**
 * Resolves an image's packages and writes its lock.json. No other lock changes. Fails as `resolveImage` does. On failure
 * nothing is written.
 */
export async function lockImage(
  session: Session,
  workspace: Workspace,
  image: Image,
  archiveOf: ArchiveOf,
): Promise<Result<void>> {
  const archiveLock = await readArchiveLock(session.root, session.options);
  if (!archiveLock.ok) return archiveLock;
  const states = archiveLock.value?.states ?? [];
  const resolved = await resolveImage(session, { workspace, image, archiveOf, states });
  return resolved.ok ? recordLock(session, image, resolved.value.lock, resolved.value.state) : resolved;
}

/** What to resolve an image's packages from. */
export interface ImageRequest {
  readonly workspace: Workspace;
  readonly image: Image;
  readonly archiveOf: ArchiveOf;
  /** Those that archive.lock.json has. */
  readonly states: readonly LockedArchiveState[];
}

/** The lock of an image, and the state of the archive that it was resolved in, if any. */
export interface ResolvedImage {
  readonly lock: ImageLock;
  readonly state?: LockedArchiveState;
}

/**
 * Resolves an image's packages for all its platforms, in the current archive and over what its ancestors' locks
 * install. Writes nothing. Fails with mistakes in its ancestors' locks.
 */
export async function resolveImage(
  session: Session,
  { workspace, image, archiveOf, states }: ImageRequest,
): Promise<Result<ResolvedImage>> {
  const below = checkBelow(image);
  if (!below.ok) return below;
  const bases = await findBases(session, image);
  if (!bases.ok) return bases;
  const found = [...bases.value.values()].map(({ lock }) => lock);
  const release = releaseOf(workspace, image, found);
  if (!release.ok) return release;
  const isResolved = 'debian' in image.definition.from || image.definition.packages.length > 0;
  if (release.value === undefined || !isResolved)
    return ok({ lock: lockOf(withoutArchive(image, bases.value)) });
  const state = await archiveOf(release.value);
  if (!state.ok) return state;
  const known = new Set(states.map(({ id }) => id));
  const locked = lockedState(state.value);
  const platforms = await lockPlatforms(session, image, {
    state: state.value,
    locked,
    known,
    bases: bases.value,
  });
  return platforms.ok ? ok({ lock: lockOf(platforms.value), state: locked }) : platforms;
}

/** Checks the locks of the ancestors, over which a child is resolved. */
function checkBelow({ parent }: Image): Result<void> {
  const [first, ...rest] = parent ? chainOf(parent).flatMap(checkImageLock) : [];
  return first ? fail(first, ...rest) : ok(undefined);
}

async function findBases(session: Session, { definition }: Image): Promise<Result<Bases>> {
  if (!('registry' in definition.from)) return ok(new Map());
  const found: Result<[Platform, FoundBase]>[] = [];
  for (const platform of definition.platforms) {
    const base = await findBase(session, definition.from.registry, platform);
    found.push(base.ok ? ok([platform, base.value]) : base);
  }
  const bases = all(found);
  return bases.ok ? ok(new Map(bases.value)) : bases;
}

function lockOf(platforms: readonly [Platform, PlatformLock][]): ImageLock {
  return { lockVersion: 1, platforms: Object.fromEntries(platforms) };
}

async function lockPlatforms(
  session: Session,
  image: Image,
  locking: Locking,
): Promise<Result<[Platform, PlatformLock][]>> {
  const locked: Result<[Platform, PlatformLock]>[] = [];
  for (const platform of image.definition.platforms) {
    const lock = await lockPlatform(session, image, platform, locking);
    locked.push(lock.ok ? ok([platform, lock.value]) : lock);
  }
  return all(locked);
}
