import { ok, type Layer, type OriginLayer, type Result } from '@image-tooling/model';
import type { Session } from '../session';
import { restorePaths } from '../workspace/paths-file';
import { knownOfLayer, type KnownRecord } from './known-of-layer';
import type { ImageOnPlatform } from './layer-owner';

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

async function isKnown(session: Session, of: ImageOnPlatform, layer: OriginLayer): Promise<Result<boolean>> {
  const stored = await session.store.getBuild(layer.buildId);
  if (stored) return ok(isSame(stored, layer));
  const known = await knownOfLayer(session, of, layer, PATHS);
  return known.ok ? ok(known.value !== undefined) : known;
}

const PATHS: KnownRecord<true> = {
  known: async (store, { diffId }) => (await store.hasPaths(diffId)) || undefined,
  restore: restorePaths,
};
