import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import {
  all,
  archOf,
  ok,
  placeOf,
  platformOfNode,
  type Arch,
  type Image,
  type ImageLock,
  type Platform,
  type PlatformLock,
  type Result,
  type Workspace,
} from '@image-tooling/model';
import type { ArchiveState } from '@image-tooling/sources';
import type { Session } from '../session';
import { checkSameState, currentState, writeArchiveLock } from './archive-state';
import { baseStatus, findBase, type FoundBase } from './base';
import { bottomOf, chainDigest, installedBelow, lockedPackages } from './chain';
import { releaseOf } from './release';
import { bootstrapPackages, resolvePackages } from './resolver';

/** Of an image that stands on one of a registry itself, by platform; empty for any other. */
type Bases = ReadonlyMap<Platform, FoundBase>;

/**
 * Resolves an image's packages for all its platforms and writes its lock.json. The image at the bottom moves the
 * root lock to the archive's current state; those above must find it unchanged. On failure nothing is written.
 */
export async function lockImage(session: Session, workspace: Workspace, image: Image): Promise<Result<void>> {
  const bases = await findBases(session, image);
  if (!bases.ok) return bases;
  const release = releaseOf(
    workspace,
    image,
    [...bases.value.values()].map(({ lock }) => lock),
  );
  if (!release.ok) return release;
  if (release.value === undefined) return writeLock(session, image, withoutPackages(image, bases.value));
  return lockOnArchive(session, workspace, image, { codename: release.value, bases: bases.value });
}

interface OnArchive {
  readonly codename: string;
  readonly bases: Bases;
}

async function lockOnArchive(
  session: Session,
  workspace: Workspace,
  image: Image,
  { codename, bases }: OnArchive,
): Promise<Result<void>> {
  const hostArch = archOf(platformOfNode(process.arch) ?? 'linux/amd64');
  const arches = [...new Set([hostArch, ...image.definition.platforms.map(archOf)])];
  const state = await currentState(session, codename, arches);
  if (!state.ok) return state;
  const same = image.parent ? checkSameState(state.value, workspace.archiveLock, image.name) : ok(undefined);
  if (!same.ok) return same;
  const platforms = await lockPlatforms(session, state.value, image, { hostArch, bases });
  if (!platforms.ok) return platforms;
  const written = await writeLock(session, image, platforms.value);
  if (!written.ok || image.parent) return written;
  return writeArchiveLock(session, state.value);
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

/** Where nothing can be installed, and nothing is to be: no archive is asked. */
function withoutPackages(image: Image, bases: Bases): [Platform, PlatformLock][] {
  return image.definition.platforms.map((platform) => {
    const on = chainDigest(image.parent, platform);
    const base = bases.get(platform)?.lock;
    const time = (base ?? bottomOf(image).lock?.value.platforms[platform]?.base)?.time ?? 0;
    return [platform, { ...(on && { on }), ...(base && { base }), time, requested: [], packages: [] }];
  });
}

async function writeLock(
  session: Session,
  image: Image,
  platforms: readonly [Platform, PlatformLock][],
): Promise<Result<void>> {
  const lock: ImageLock = { lockVersion: 1, platforms: Object.fromEntries(platforms) };
  const file = join(session.root, image.folder, 'lock.json');
  return writeFileAtomic(file, `${JSON.stringify(lock, undefined, 1)}\n`);
}

interface Locking {
  readonly hostArch: Arch;
  readonly bases: Bases;
}

async function lockPlatforms(
  session: Session,
  state: ArchiveState,
  image: Image,
  locking: Locking,
): Promise<Result<[Platform, PlatformLock][]>> {
  const locked: Result<[Platform, PlatformLock]>[] = [];
  for (const platform of image.definition.platforms) {
    const lock = await lockPlatform(session, state, image, platform, locking);
    locked.push(lock.ok ? ok([platform, lock.value]) : lock);
  }
  return all(locked);
}

async function lockPlatform(
  session: Session,
  state: ArchiveState,
  image: Image,
  platform: Platform,
  { hostArch, bases }: Locking,
): Promise<Result<PlatformLock>> {
  const arch = archOf(platform);
  const onDebian = 'debian' in image.definition.from;
  const bootstrap = onDebian ? bootstrapPackages(state, arch) : ok(undefined);
  if (!bootstrap.ok) return bootstrap;
  const base = bases.get(platform);
  const status = await statusBelow(session, image, platform, base);
  if (!status.ok) return status;
  const packages = await resolvePackages(session, state, hostArch, {
    image: image.name,
    arch,
    packages: image.definition.packages,
    placeOf: (index) => placeOf(image.document, ['packages', index], 'no such package'),
    installed: [...installedBelow(image, platform), ...(bootstrap.value ?? [])],
    ...(status.value !== undefined && { status: status.value }),
  });
  if (!packages.ok) return packages;
  const on = chainDigest(image.parent, platform);
  const fresh: PlatformLock = {
    ...(on && { on }),
    ...(base && { base: base.lock }),
    time: state.time,
    requested: [...image.definition.packages].sort(),
    ...(bootstrap.value && { bootstrap: bootstrap.value }),
    packages: packages.value,
  };
  return ok(keepingTime(fresh, image.lock?.value.platforms[platform]));
}

/** dpkg's record of the image of a registry at the bottom; undefined where there is none, or nothing asks for it. */
async function statusBelow(
  session: Session,
  image: Image,
  platform: Platform,
  own: FoundBase | undefined,
): Promise<Result<string | undefined>> {
  if (own) return ok(own.status);
  const base = bottomOf(image).lock?.value.platforms[platform]?.base;
  if (!base || image.definition.packages.length === 0) return ok(undefined);
  return baseStatus(session, base);
}

/** The time of an earlier lock of the same packages: nothing is built again because the archive moved elsewhere. */
function keepingTime(fresh: PlatformLock, earlier: PlatformLock | undefined): PlatformLock {
  const same =
    earlier?.on === fresh.on &&
    earlier?.base?.manifest === fresh.base?.manifest &&
    JSON.stringify(lockedPackages(earlier)) === JSON.stringify(lockedPackages(fresh));
  return earlier && same ? { ...fresh, time: earlier.time } : fresh;
}
