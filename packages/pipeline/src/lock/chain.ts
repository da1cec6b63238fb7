import {
  baseDigest,
  packagesDigest,
  type Digest,
  type Image,
  type LockedDeb,
  type Platform,
  type PlatformLock,
} from '@image-tooling/model';

/** All packages below an image on a platform, as their locks have them, the lowest first. */
export function installedBelow(image: Image, platform: Platform): LockedDeb[] {
  const { parent } = image;
  if (!parent) return [];
  return [...installedBelow(parent, platform), ...lockedPackages(parent.lock?.value.platforms[platform])];
}

/** The packages that an image's own lock adds. */
export function lockedPackages(lock: PlatformLock | undefined): LockedDeb[] {
  return [...(lock?.bootstrap ?? []), ...(lock?.packages ?? [])];
}

/** What a child's lock must stand on: the identity of all packages of an image. Undefined for no image. */
export function chainDigest(image: Image | undefined, platform: Platform): Digest | undefined {
  if (!image) return undefined;
  const lock = image.lock?.value.platforms[platform];
  const below = chainDigest(image.parent, platform) ?? (lock?.base && baseDigest(lock.base));
  return packagesDigest(below, lockedPackages(lock));
}

/** The image at the bottom of an image's chain. */
export function bottomOf(image: Image): Image {
  return image.parent ? bottomOf(image.parent) : image;
}
