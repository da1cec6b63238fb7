import { placeOf } from '../../diagnostics/document';
import type { Failure, FailureCode } from '../../failure';
import { archOf, type Platform } from '../../platform';
import type { PlatformLock } from '../locks';
import { isForOtherParent } from './system-chain';
import type { Image, ImageEntry } from './types';

/** Returns what is wrong with an image's lock: `lock-missing`, `lock-stale` or `lock-tampered`. */
export function checkImageLock(image: Image): Failure[] {
  if (image.lockFailures) return [...image.lockFailures];
  if (!image.lock) return [ofLock(image, 'lock-missing', `The image "${image.name}" has no lock.`)];
  const { platforms } = image.lock.value;
  const failures = image.definition.platforms.flatMap((platform) => {
    const locked = platforms[platform];
    return locked
      ? platformFailures(image, platform, locked)
      : [stale(image, `nothing is locked for ${platform}`)];
  });
  return withoutRepetition([...failures, ...surplusPlatforms(image)]);
}

function platformFailures(image: Image, platform: Platform, locked: PlatformLock): Failure[] {
  return [
    ...basedOnFailures(image, platform, locked),
    ...requestFailures(image, locked),
    ...debFailures(image, platform, locked),
  ];
}

/** The platforms of a lock mostly have the same problem. */
function withoutRepetition(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [failure.message, failure])).values()];
}

function surplusPlatforms(image: ImageEntry): Failure[] {
  const wanted: readonly string[] = image.definition.platforms;
  const surplus = Object.keys(image.lock?.value.platforms ?? {}).filter(
    (platform) => !wanted.includes(platform),
  );
  return surplus.map((platform) => stale(image, `it no longer has ${platform}`));
}

/** Checks what an image is based on; returns one reason at most. */
function basedOnFailures(image: Image, platform: Platform, locked: PlatformLock): Failure[] {
  const failures = [
    ...bottomFailures(image, locked),
    ...baseFailures(image, locked),
    ...parentFailures(image, platform),
  ];
  return failures.slice(0, 1);
}

/** Checks that the parent was not locked again to other packages. */
function parentFailures(image: Image, platform: Platform): Failure[] {
  if (!isForOtherParent(image, platform)) return [];
  const { name, parent, lock } = image;
  const failure = ofLock(
    image,
    'lock-stale',
    `The lock of "${name}" was made for other packages of its parent "${parent?.name}" than are locked now.`,
  );
  if (!lock) return [failure];
  return [{ ...failure, place: placeOf(lock.document, ['platforms', platform, 'on'], 'of another lock') }];
}

/** Only images based on Debian itself have a bootstrap. */
function bottomFailures(image: ImageEntry, locked: PlatformLock): Failure[] {
  const onDebian = 'debian' in image.definition.from;
  const isBootstrapped = locked.bootstrap !== undefined;
  if (onDebian === isBootstrapped) return [];
  return [stale(image, onDebian ? 'it is now based on Debian' : 'it is no longer based on Debian')];
}

/** An image based on a registry image was locked for that digest. */
function baseFailures(image: ImageEntry, { base }: PlatformLock): Failure[] {
  const { from } = image.definition;
  const wanted = 'registry' in from ? from.registry : undefined;
  if (wanted === base?.reference) return [];
  if (wanted === undefined) return [stale(image, 'it is no longer based on an image of a registry')];
  return [
    stale(image, base ? `it was made for ${base.reference}` : 'it is now based on an image of a registry'),
  ];
}

function requestFailures(image: ImageEntry, locked: PlatformLock): Failure[] {
  const wanted = image.definition.packages;
  const has = new Set(
    locked.requested ?? [...locked.packages, ...(locked.bootstrap ?? [])].map(({ name }) => name),
  );
  const added = wanted.flatMap((name, index): Failure[] => {
    if (has.has(name)) return [];
    const place = placeOf(image.document, ['packages', index], 'not locked');
    return [{ ...stale(image, `the package "${name}" is not in it`), place }];
  });
  const kept = new Set(wanted);
  const removed = (locked.requested ?? []).filter((name) => !kept.has(name));
  return [...added, ...removed.map((name) => stale(image, `the package "${name}" is no longer requested`))];
}

function debFailures(image: ImageEntry, platform: Platform, locked: PlatformLock): Failure[] {
  const lists = (['bootstrap', 'packages'] as const).flatMap((list) =>
    (locked[list] ?? []).map((deb, index) => ({ deb, path: ['platforms', platform, list, index] })),
  );
  const seen = new Set<string>();
  return lists.flatMap(({ deb, path }): Failure[] => {
    if (deb.architecture !== 'all' && deb.architecture !== archOf(platform))
      return [
        tampered(
          image,
          [...path, 'architecture'],
          `"${deb.name}" is for ${deb.architecture}, not ${archOf(platform)}`,
        ),
      ];
    if (seen.has(deb.name))
      return [tampered(image, [...path, 'name'], `"${deb.name}" is locked twice for ${platform}`)];
    seen.add(deb.name);
    return [];
  });
}

function stale(image: ImageEntry, reason: string): Failure {
  return ofLock(image, 'lock-stale', `The lock of "${image.name}" is older than its definition: ${reason}.`);
}

function tampered(image: ImageEntry, path: readonly (string | number)[], reason: string): Failure {
  const failure = ofLock(
    image,
    'lock-tampered',
    `The lock of "${image.name}" was not written by the lock target: ${reason}.`,
  );
  return image.lock ? { ...failure, place: placeOf(image.lock.document, path, reason) } : failure;
}

function ofLock({ name, document, lock }: ImageEntry, code: FailureCode, message: string): Failure {
  return {
    code,
    message,
    hint: `Run "npx nx run ${name}:lock" and commit what it writes.`,
    place: { file: lock?.document.file ?? document.file },
  };
}
