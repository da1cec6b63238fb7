import { ok, type Digest, type OriginLayer, type Result } from '@image-tooling/model';
import type { LayerContents } from '@image-tooling/sbom';
import type { Session } from '../session';
import { restoreFacts } from '../workspace/fact-files';
import { ensureLayers } from './ensure-layers';
import { makeImage } from './image';
import { knownOfLayer, type KnownRecord } from './known-of-layer';
import type { ImageOnPlatform } from './layer-owner';
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
    const contents = await knownOfLayer(session, of, layer, CONTENTS);
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

const CONTENTS: KnownRecord<LayerContents> = {
  known: knownContents,
  restore: (store, folder) => restoreFacts('contents', store, folder),
};
