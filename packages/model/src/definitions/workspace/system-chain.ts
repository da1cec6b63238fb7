import type { Digest } from '../../digest';
import { baseDigest } from '../../plan/base';
import { packagesDigest } from '../../plan/system';
import type { Platform } from '../../platform';
import type { LockedDeb, PlatformLock } from '../locks';
import { chainOf } from './chain';
import type { Image } from './types';

/** Returns all packages of an image and of those below it, as their locks have them, bottom first. */
export function installedIn(image: Image | undefined, platform: Platform): LockedDeb[] {
  if (!image) return [];
  return chainOf(image).flatMap(({ lock }) => lockedPackages(lock?.value.platforms[platform]));
}

/** Returns the packages that an image's own lock adds. */
export function lockedPackages(lock: PlatformLock | undefined): LockedDeb[] {
  return [...(lock?.bootstrap ?? []), ...(lock?.packages ?? [])];
}

/**
 * Returns what a child's lock must have as `on`: the packages digest of an image. Undefined without an image.
 */
export function chainDigest(image: Image | undefined, platform: Platform): Digest | undefined {
  if (!image) return undefined;
  const lock = image.lock?.value.platforms[platform];
  const below = chainDigest(image.parent, platform) ?? (lock?.base && baseDigest(lock.base));
  return packagesDigest(below, lockedPackages(lock));
}

/**
 * Returns whether a lock was made for other packages of its parent than the parent's lock has. False if one
 * is missing.
 */
export function isForOtherParent(image: Image, platform: Platform): boolean {
  const chain = chainOf(image).map(({ lock }) => lock?.value.platforms[platform]);
  if (image.parent === undefined || chain.includes(undefined)) return false;
  return chain.at(-1)?.on !== chainDigest(image.parent, platform);
}

/** Returns the image at the bottom of an image's chain. */
export function bottomOf(image: Image): Image {
  return chainOf(image)[0];
}

/** Returns an image and all images based on it, parents first. */
export function familyOf(image: Image, images: ReadonlyMap<string, Image>): Image[] {
  return [...images.values()].filter((one) => chainOf(one).some(({ name }) => name === image.name));
}
