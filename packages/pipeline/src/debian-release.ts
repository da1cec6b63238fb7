import { bottomOf, type Image } from '@image-tooling/model';

/** Returns the release of Debian below an image ("trixie"), by its lock; undefined on another system. */
export function debianReleaseOf(image: Image): string | undefined {
  const { definition, lock } = bottomOf(image);
  if ('debian' in definition.from) return definition.from.debian;
  const found = Object.values(lock?.value.platforms ?? {}).find(({ base }) => base?.os?.id === 'debian');
  return found?.base?.os?.codename;
}
