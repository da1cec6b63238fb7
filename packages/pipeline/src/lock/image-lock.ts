import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import {
  all,
  archOf,
  fail,
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
import { bottomOf, chainDigest, installedBelow, lockedPackages } from './chain';
import { bootstrapPackages, resolvePackages } from './resolver';

/**
 * Resolves an image's packages for all its platforms and writes its lock.json. The image at the bottom moves the
 * root lock to the archive's current state; those above must find it unchanged. On failure nothing is written.
 */
export async function lockImage(session: Session, workspace: Workspace, image: Image): Promise<Result<void>> {
  const codename = codenameOf(image);
  if (!codename.ok) return codename;
  const hostArch = archOf(platformOfNode(process.arch) ?? 'linux/amd64');
  const arches = [...new Set([hostArch, ...image.definition.platforms.map(archOf)])];
  const state = await currentState(session, codename.value, arches);
  if (!state.ok) return state;
  const same = image.parent ? checkSameState(state.value, workspace.archiveLock, image.name) : ok(undefined);
  if (!same.ok) return same;
  const platforms = await lockPlatforms(session, state.value, image, hostArch);
  if (!platforms.ok) return platforms;
  const lock: ImageLock = { lockVersion: 1, platforms: Object.fromEntries(platforms.value) };
  const file = join(session.root, image.folder, 'lock.json');
  const written = await writeFileAtomic(file, `${JSON.stringify(lock, undefined, 1)}\n`);
  if (!written.ok || image.parent) return written;
  return writeArchiveLock(session, state.value);
}

async function lockPlatforms(
  session: Session,
  state: ArchiveState,
  image: Image,
  hostArch: Arch,
): Promise<Result<[Platform, PlatformLock][]>> {
  const locked: Result<[Platform, PlatformLock]>[] = [];
  for (const platform of image.definition.platforms) {
    const lock = await lockPlatform(session, state, image, platform, hostArch);
    locked.push(lock.ok ? ok([platform, lock.value]) : lock);
  }
  return all(locked);
}

async function lockPlatform(
  session: Session,
  state: ArchiveState,
  image: Image,
  platform: Platform,
  hostArch: Arch,
): Promise<Result<PlatformLock>> {
  const arch = archOf(platform);
  const bootstrap = image.parent ? ok(undefined) : bootstrapPackages(state, arch);
  if (!bootstrap.ok) return bootstrap;
  const packages = await resolvePackages(session, state, hostArch, {
    image: image.name,
    arch,
    packages: image.definition.packages,
    placeOf: (index) => placeOf(image.document, ['packages', index], 'no such package'),
    installed: [...installedBelow(image, platform), ...(bootstrap.value ?? [])],
  });
  if (!packages.ok) return packages;
  const on = chainDigest(image.parent, platform);
  const fresh: PlatformLock = {
    ...(on && { on }),
    time: state.time,
    requested: [...image.definition.packages].sort(),
    ...(bootstrap.value && { bootstrap: bootstrap.value }),
    packages: packages.value,
  };
  return ok(keepingTime(fresh, image.lock?.value.platforms[platform]));
}

/** The time of an earlier lock of the same packages: nothing is built again because the archive moved elsewhere. */
function keepingTime(fresh: PlatformLock, earlier: PlatformLock | undefined): PlatformLock {
  const same =
    earlier?.on === fresh.on &&
    JSON.stringify(lockedPackages(earlier)) === JSON.stringify(lockedPackages(fresh));
  return earlier && same ? { ...fresh, time: earlier.time } : fresh;
}

function codenameOf(image: Image): Result<string> {
  const { definition, folder } = bottomOf(image);
  if ('debian' in definition.from) return ok(definition.from.debian);
  return fail({
    code: 'unsupported-source',
    message: `"${image.name}" stands on an image of a registry, which this version can't lock or build yet.`,
    hint: 'Let it stand on { "debian": "trixie" } or on another image.',
    place: { file: `${folder}/image.json` },
  });
}
