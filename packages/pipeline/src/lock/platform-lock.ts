import {
  archOf,
  bottomOf,
  chainDigest,
  installedIn,
  lockedPackages,
  ok,
  placeOf,
  type Image,
  type LockedArchiveState,
  type Platform,
  type PlatformLock,
  type Result,
} from '@image-tooling/model';
import type { ArchiveState } from '@image-tooling/sources';
import type { Session } from '../session';
import { baseStatus, type FoundBase } from './base';
import { controlsBelow, ownerBelow } from './installed';
import { bootstrapPackages, resolvePackages } from './resolver';

/** The registry image that an image is directly based on, by platform; else empty. */
export type Bases = ReadonlyMap<Platform, FoundBase>;

/** The archive state to lock an image in. */
export interface Locking {
  readonly state: ArchiveState;
  /** Its id in locks. */
  readonly locked: LockedArchiveState;
  /** Ids of the states that archive.lock.json has. */
  readonly known: ReadonlySet<string>;
  readonly bases: Bases;
}

/** Returns the locks of an image that installs nothing, without an archive. */
export function withoutArchive(image: Image, bases: Bases): [Platform, PlatformLock][] {
  return image.definition.platforms.map((platform) => {
    const base = bases.get(platform)?.lock;
    const time = (base ?? bottomOf(image).lock?.value.platforms[platform]?.base)?.time ?? 0;
    return [
      platform,
      finished(image, platform, { ...(base && { base }), time, requested: [], packages: [] }),
    ];
  });
}

/** Resolves the packages of an image on one platform. Fails as `resolvePackages` does. */
export async function lockPlatform(
  session: Session,
  image: Image,
  platform: Platform,
  { state, locked, known, bases }: Locking,
): Promise<Result<PlatformLock>> {
  const arch = archOf(platform);
  const bootstrap = 'debian' in image.definition.from ? bootstrapPackages(state, arch) : ok(undefined);
  if (!bootstrap.ok) return bootstrap;
  const base = bases.get(platform);
  const status = await statusBelow(session, image, platform, base);
  if (!status.ok) return status;
  const controls = await controlsBelow(session, image, platform, state);
  if (!controls.ok) return controls;
  const packages = await resolvePackages(session, state, {
    image: image.name,
    arch,
    packages: image.definition.packages,
    placeOf: (index) => placeOf(image.document, ['packages', index], 'no such package'),
    installed: [...installedIn(image.parent, platform), ...(bootstrap.value ?? [])],
    controls: controls.value,
    ownerOf: (name) => ownerBelow(image, platform, name),
    ...(status.value !== undefined && { status: status.value }),
  });
  if (!packages.ok) return packages;
  const fresh: PlatformLock = {
    ...(base && { base: base.lock }),
    state: locked.id,
    time: state.time,
    requested: [...image.definition.packages].sort(),
    ...(bootstrap.value && { bootstrap: bootstrap.value }),
    packages: packages.value,
  };
  return ok(finished(image, platform, fresh, known));
}

/**
 * Returns dpkg's record of the registry image at the bottom; or undefined, or it is not needed.
 */
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

/**
 * Names the parent. Keeps state and time of an earlier lock of the same packages, so that unrelated archive
 * changes rebuild nothing. No layer is older than those below it.
 */
function finished(
  image: Image,
  platform: Platform,
  fresh: PlatformLock,
  known: ReadonlySet<string> = new Set(),
): PlatformLock {
  const on = chainDigest(image.parent, platform);
  const earlier = image.lock?.value.platforms[platform];
  const isSame = earlier !== undefined && earlier.on === on && samePackages(earlier, fresh);
  const below = image.parent?.lock?.value.platforms[platform]?.time ?? 0;
  const time = Math.max(isSame ? earlier.time : fresh.time, below);
  const state = isSame && known.has(earlier.state ?? '') ? earlier.state : fresh.state;
  const { base, state: _, ...rest } = fresh;
  return { ...(on && { on }), ...(base && { base }), ...(state && { state }), ...rest, time };
}

function samePackages(earlier: PlatformLock, fresh: PlatformLock): boolean {
  return (
    earlier.base?.manifest === fresh.base?.manifest &&
    JSON.stringify(lockedPackages(earlier)) === JSON.stringify(lockedPackages(fresh))
  );
}
