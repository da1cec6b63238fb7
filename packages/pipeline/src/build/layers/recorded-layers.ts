import { join } from 'node:path';
import {
  layerFileSchema,
  layersFileSchema,
  type Digest,
  type Image,
  type LayerKind,
  type OriginLayer,
  type Platform,
  type Tool,
} from '@image-tooling/model';
import type { Session } from '../../session';
import { outputFolder, readOutput } from '../../workspace/outputs';

/** Returns an image's own layers in its last build, by kind. Nx may have restored it from its cache. */
export async function recordedLayers(
  session: Session,
  { name, folder }: Image,
  platform: Platform,
): Promise<ReadonlyMap<LayerKind, OriginLayer>> {
  const last = await readOutput(
    outputFolder(join(session.root, folder), platform),
    'layers.json',
    layersFileSchema,
  );
  const own = (last?.layers ?? []).filter(({ owner, kind }) => owner === name && kind !== 'tool');
  return new Map(own.map((layer) => [layer.kind, layer]));
}

/** Returns the build id of a tool's layer in its last build, or undefined. */
export async function recordedTool(
  session: Session,
  { folder }: Tool,
  platform: Platform,
): Promise<Digest | undefined> {
  const last = await readOutput(
    outputFolder(join(session.root, folder), platform),
    'layer.json',
    layerFileSchema,
  );
  return last?.layer.buildId;
}
