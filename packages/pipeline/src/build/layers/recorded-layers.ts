import {
  type Digest,
  type Image,
  type LayerKind,
  type OriginLayer,
  type Platform,
  type Tool,
} from '@image-tooling/model';
import type { Session } from '../../session';
import { outputFolder, readLayerFile, readLayersFile } from '../../workspace/outputs';

/** Returns an image's own layers in its last build, by kind. Nx may have restored it from its cache. */
export async function recordedLayers(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<ReadonlyMap<LayerKind, OriginLayer>> {
  const last = await readLayersFile(outputFolder(session.root, image, platform));
  return new Map(ownLayers(image, last?.layers ?? []).map((layer) => [layer.kind, layer]));
}

/** Returns the layers of a build that are the image's own: without those of its parent and of tools. */
export function ownLayers({ name }: Image, layers: readonly OriginLayer[]): OriginLayer[] {
  return layers.filter(({ owner, kind }) => owner === name && kind !== 'tool');
}

/** Returns the build id of a tool's layer in its last build, or undefined. */
export async function recordedTool(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Digest | undefined> {
  const last = await readLayerFile(outputFolder(session.root, tool, platform));
  return last?.layer.buildId;
}
