import {
  ok,
  type Image,
  type Layer,
  type OriginLayer,
  type Platform,
  type Result,
} from '@image-tooling/model';
import type { Session } from '../session';
import { outputFolder } from '../workspace/outputs';
import { restorePaths } from '../workspace/paths-file';
import { ownerOf } from './layer-owner';

/** An image of one platform. */
export interface ImageOnPlatform {
  readonly image: Image;
  readonly platform: Platform;
}

/**
 * Returns the recorded layers whose paths are unknown: the store has no path index of them, and neither have the
 * outputs of their owner, from which it is stored. Also returns a layer if the store has another result of its build id:
 * what is recorded was then not made here, and can't be. Fails with `disk-full` or `io`.
 */
export async function layersWithoutPaths(
  session: Session,
  of: ImageOnPlatform,
  layers: readonly OriginLayer[],
): Promise<Result<OriginLayer[]>> {
  const unknown: OriginLayer[] = [];
  for (const layer of layers) {
    const known = await isKnown(session, of, layer);
    if (!known.ok) return known;
    if (!known.value) unknown.push(layer);
  }
  return ok(unknown);
}

/** Returns whether what the store has of a build id is what was recorded. */
export function isSame(stored: Layer | undefined, recorded: Layer): boolean {
  return stored?.digest === recorded.digest && stored.diffId === recorded.diffId;
}

async function isKnown(
  session: Session,
  { image, platform }: ImageOnPlatform,
  layer: OriginLayer,
): Promise<Result<boolean>> {
  const { store, root } = session;
  const stored = await store.getBuild(layer.buildId);
  if (stored) return ok(isSame(stored, layer));
  const { diffId, owner } = layer;
  if (await store.hasPaths(diffId)) return ok(true);
  const found = ownerOf(image, owner);
  if (!found) return ok(false);
  const project = found.kind === 'image' ? found.image : found.tool;
  const restored = await restorePaths(store, outputFolder(root, project, platform));
  return restored.ok ? ok(await store.hasPaths(diffId)) : restored;
}
