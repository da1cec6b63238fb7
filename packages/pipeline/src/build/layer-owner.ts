import { chainOf, type Image, type Platform, type Tool } from '@image-tooling/model';

/** An image of one platform. */
export interface ImageOnPlatform {
  readonly image: Image;
  readonly platform: Platform;
}

/** The image or tool whose definition made a layer. */
export type LayerOwner =
  { readonly kind: 'image'; readonly image: Image } | { readonly kind: 'tool'; readonly tool: Tool };

/** Returns the owner of a layer of an image: the image, one it is based on, or a tool of them. */
export function ownerOf(image: Image, name: string): LayerOwner | undefined {
  for (const one of chainOf(image)) {
    if (one.name === name) return { kind: 'image', image: one };
    const tool = one.tools.find((candidate) => candidate.name === name);
    if (tool) return { kind: 'tool', tool };
  }
  return undefined;
}

/** Returns the names of the images in an image's chain that have the layers of an owner, the lowest first. */
export function imagesWith(image: Image, owner: string): string[] {
  const chain = chainOf(image);
  const first = chain.findIndex(
    ({ name, tools }) => name === owner || tools.some((tool) => tool.name === owner),
  );
  return first < 0 ? [] : chain.slice(first).map(({ name }) => name);
}
