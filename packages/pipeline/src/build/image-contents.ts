import { ok, type Digest, type OriginLayer, type Result } from '@image-tooling/model';
import type { LayerContents } from '@image-tooling/sbom';
import type { Session } from '../session';
import { restoreFacts } from '../workspace/contents-file';
import { outputFolder } from '../workspace/outputs';
import { ensureLayers } from './ensure-layers';
import { makeImage } from './image';
import type { ImageOnPlatform } from './known-paths';
import { ownerOf } from './layer-owner';
import { contentsOfBlob, knownContents } from './layers/layer-contents';

/**
 * Returns what is in the layers of an image, by diff id: from the store or the outputs of their owners, without their
 * blobs; else from their blobs, which are pulled or built again if the store lacks them. Fails as that does.
 */
export async function contentsOfLayers(
  session: Session,
  of: ImageOnPlatform,
  layers: readonly OriginLayer[],
): Promise<Result<ReadonlyMap<Digest, LayerContents>>> {
  const found = new Map<Digest, LayerContents>();
  const unknown: OriginLayer[] = [];
  for (const layer of layers) {
    const contents = await restoredContents(session, of, layer);
    if (!contents.ok) return contents;
    if (contents.value) found.set(layer.diffId, contents.value);
    else unknown.push(layer);
  }
  if (unknown.length === 0) return ok(found);
  const blobs = await ensureLayers(session, { ...of, layers: unknown, need: 'blobs', makeImage });
  if (!blobs.ok) return blobs;
  for (const layer of unknown) {
    const contents = await contentsOfBlob(session, layer);
    if (!contents.ok) return contents;
    found.set(layer.diffId, contents.value);
  }
  return ok(found);
}

async function restoredContents(
  session: Session,
  { image, platform }: ImageOnPlatform,
  layer: OriginLayer,
): Promise<Result<LayerContents | undefined>> {
  const { store, root } = session;
  const known = await knownContents(store, layer);
  const owner = known ? undefined : ownerOf(image, layer.owner);
  if (known || !owner) return ok(known);
  const project = owner.kind === 'image' ? owner.image : owner.tool;
  const restored = await restoreFacts('contents', store, outputFolder(root, project, platform));
  return restored.ok ? ok(await knownContents(store, layer)) : restored;
}
