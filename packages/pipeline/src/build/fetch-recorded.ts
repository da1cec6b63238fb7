import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import type { Session } from '../session';
import { isSame } from './known-paths';
import { imagesWith, ownerOf, type ImageOnPlatform } from './layer-owner';
import { lockName } from './layers/ensure-layer';
import { fromOutput } from './tool/output';

/**
 * Puts a recorded layer that the store lacks into it: from the outputs of its tool, or from the published images. Returns
 * false if it has to be built: also if the store has another result of its build id. Fails with `aborted`, `disk-full`
 * or `io`.
 */
export async function fetchRecorded(
  session: Session,
  of: ImageOnPlatform,
  layer: OriginLayer,
): Promise<Result<boolean>> {
  const { store, context } = session;
  return store.lock(lockName(layer), context, async () => {
    const stored = await store.getBuild(layer.buildId);
    if (stored) return ok(isSame(stored, layer));
    const paths = await fetchedPaths(session, of, layer);
    if (!paths.ok) return paths;
    if (!paths.value) return ok(false);
    const kept = await store.putBuild(layer.buildId, layer, paths.value);
    return kept.ok ? ok(true) : kept;
  });
}

async function fetchedPaths(
  session: Session,
  { image, platform }: ImageOnPlatform,
  layer: OriginLayer,
): Promise<Result<PathIndex | undefined>> {
  const owner = ownerOf(image, layer.owner);
  const restored =
    owner?.kind === 'tool' ? await fromOutput(session, owner.tool, platform, layer.buildId) : undefined;
  if (restored?.ok && isSame(restored.value.layer, layer)) return ok(restored.value.paths);
  return session.remoteLayers.fetch(layer, imagesWith(image, layer.owner));
}
