import type { Image, ImageEntry, WorkspaceEntries } from './types';

/** An image and all below it, bottom first. */
export function chainOf(image: Image): [...Image[], Image] {
  return image.parent ? [...chainOf(image.parent), image] : [image];
}

/** The name of the image that an image stands on, if it is one of the workspace. */
export function parentName({ definition: { from } }: ImageEntry): string | undefined {
  return 'image' in from ? from.image : undefined;
}

/** The images below one, nearest first; ends where one is unknown, or where they go round in a circle. */
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
