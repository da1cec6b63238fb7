import { familyOf } from '../definitions/workspace/system-chain';
import type { Workspace } from '../definitions/workspace/types';

/** Returns the images that have a tool, with all images based on them: a new version of it reaches these. */
export function imagesWithTool({ images }: Pick<Workspace, 'images'>, tool: string): string[] {
  const own = [...images.values()].filter(({ tools }) => tools.some(({ name }) => name === tool));
  const reached = new Set(own.flatMap((image) => familyOf(image, images).map(({ name }) => name)));
  return [...images.keys()].filter((name) => reached.has(name));
}
