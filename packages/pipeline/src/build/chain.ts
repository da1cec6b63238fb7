import type { SystemLayer } from '@image-tooling/engines';
import { fail, isSystem, ok, type Layer, type OriginLayer, type Result } from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import type { Store } from '@image-tooling/oci';
import type { Session } from '../session';

/** Returns the system layers of a chain for an engine, bottom first. */
export function chainLayers({ store }: Session, chain: readonly OriginLayer[]): SystemLayer[] {
  return engineLayers(store, chain.filter(isSystem));
}

/** Returns layers of a store for an engine. */
export function engineLayers(store: Store, layers: readonly Layer[]): SystemLayer[] {
  return layers.map(({ digest, diffId, size, compression }) => ({
    path: store.blobPath(digest),
    digest,
    diffId,
    size,
    compression,
  }));
}

/** Returns the path indexes of layers, in their order. Fails with `store-corrupt` if one is missing. */
export async function chainPaths(
  session: Session,
  layers: readonly OriginLayer[],
): Promise<Result<PathIndex[]>> {
  const found: PathIndex[] = [];
  for (const layer of layers) {
    const paths = await session.store.getPaths(layer.diffId);
    if (!paths)
      return fail({
        code: 'store-corrupt',
        message: `The store no longer has the path index of the ${layer.kind} layer of ${layer.owner}.`,
        hint: `Run "npx nx run ${layer.owner}:build --skip-nx-cache": it is built again.`,
      });
    found.push(paths);
  }
  return ok(found);
}
