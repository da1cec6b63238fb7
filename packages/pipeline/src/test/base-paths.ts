import { all, ok, type OriginLayer, type Result } from '@image-tooling/model';
import { displayPath } from '@image-tooling/layer';
import { indexLayer, type Store } from '@image-tooling/oci';

/** Returns the absolute paths in layers of a registry image. Fails as reading a layer does. */
export async function basePaths(
  store: Store,
  layers: readonly OriginLayer[],
): Promise<Result<ReadonlySet<string>>> {
  const found = await Promise.all(
    layers.filter(({ kind }) => kind === 'base').map((layer) => pathsOf(store, layer)),
  );
  const paths = all(found);
  return paths.ok ? ok(new Set(paths.value.flat())) : paths;
}

/** A store that only pulled it has no index of it. */
async function pathsOf(store: Store, layer: OriginLayer): Promise<Result<string[]>> {
  const known = await store.getPaths(layer.diffId);
  const paths = known ? ok(known) : await indexLayer(layer, store);
  return paths.ok ? ok([...paths.value.keys()].map((path) => `/${displayPath(path)}`)) : paths;
}
