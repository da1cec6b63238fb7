import type { Digest, Inventory } from '@image-tooling/model';
import { createdOf } from '@image-tooling/oci';
import { inventoryOf, type LayerContents } from '@image-tooling/sbom';
import type { MadeImage } from './image';
import type { ImageOnPlatform } from './layer-owner';

/** Returns the inventory of an image. `contents`: of all its layers, by diff id, see `contentsOfLayers`. */
export function imageInventory(
  { image, platform }: ImageOnPlatform,
  { layers, inheritance, digests }: MadeImage,
  contents: ReadonlyMap<Digest, LayerContents>,
): Inventory {
  const { labels } = image.definition.config;
  return inventoryOf({
    image: image.name,
    description: image.definition.description,
    platform,
    manifest: digests.manifest,
    creator: labels?.['org.opencontainers.image.vendor'] ?? labels?.['org.opencontainers.image.authors'],
    created: createdOf(layers),
    layers,
    tools: inheritance.contents.tools,
    contents,
  });
}
