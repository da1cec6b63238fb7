import type { Image, ImageEntry, WorkspaceEntries } from './types';

/** Returns an image and all below it, bottom first. */
export function chainOf(image: Image): [...Image[], Image] {
  return image.parent ? [...chainOf(image.parent), image] : [image];
}

/** Returns the name of an image's parent in the workspace, if it has one. */
export function parentName({ definition: { from } }: ImageEntry): string | undefined {
  return 'image' in from ? from.image : undefined;
}

/** Returns the ancestors of an image, nearest first, up to an unknown one or a cycle. */
export function ancestorsOf(entry: ImageEntry, { images }: WorkspaceEntries): ImageEntry[] {
  const found: ImageEntry[] = [];
  let next = parentOf(entry, images);
  while (next && next !== entry && !found.includes(next)) {
    found.push(next);
    next = parentOf(next, images);
  }
  return found;
}

function parentOf(entry: ImageEntry, images: WorkspaceEntries['images']): ImageEntry | undefined {
  const name = parentName(entry);
  return name === undefined ? undefined : images.get(name);
}
