import { join } from 'node:path';
import {
  layerFileSchema,
  layersFileSchema,
  type Digest,
  type Image,
  type LayerKind,
  type Platform,
  type Tool,
} from '@image-tooling/model';
import type { Session } from '../../session';
import { outputFolder, readOutput } from '../../workspace/outputs';

/** Returns the build ids of an image's own layers in its last build here, by kind, or an empty object. */
export async function replacedLayers(
  session: Session,
  { name, folder }: Image,
  platform: Platform,
): Promise<ReadonlyMap<LayerKind, Digest>> {
  const last = await readOutput(
    outputFolder(join(session.root, folder), platform),
    'layers.json',
    layersFileSchema,
  );
  const own = (last?.layers ?? []).filter(({ owner, kind }) => owner === name && kind !== 'tool');
  return new Map(own.map(({ kind, buildId }) => [kind, buildId]));
}

/** Returns the build id of a tool's layer in its last build here, or undefined. */
export async function replacedTool(
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
