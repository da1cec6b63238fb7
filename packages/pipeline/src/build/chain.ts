import type { SystemLayer } from '@image-tooling/engines';
import { fail, isSystem, ok, type Layer, type OriginLayer, type Result } from '@image-tooling/model';
import type { PathIndex } from '@image-tooling/layer';
import type { Store } from '@image-tooling/oci';
import type { Session } from '../session';

/** The system layers of a chain as an engine takes them, bottom first. */
export function chainLayers({ store }: Session, chain: readonly OriginLayer[]): SystemLayer[] {
  return engineLayers(store, chain.filter(isSystem));
}

/** Layers of a store as an engine takes them. */
export function engineLayers(store: Store, layers: readonly Layer[]): SystemLayer[] {
  return layers.map(({ digest, diffId, size, compression }) => ({
    path: store.blobPath(digest),
    digest,
    diffId,
    size,
    compression,
  }));
}

/** The path indexes of layers, in their order. Fails with `store-corrupt` where the store has lost one. */
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
        message: `The store has lost the path index of the ${layer.kind} layer of ${layer.owner}.`,
        hint: `Run "npx nx run ${layer.owner}:build --skip-nx-cache": it is made anew.`,
      });
    found.push(paths);
  }
  return ok(found);
}
