import type { Layer, Result } from '@image-tooling/model';
import type { Store } from '../store/store';
import { withLayerTar } from './layer-tar';
import { indexPaths, type PathIndex } from '@image-tooling/layer';

/**
 * Returns the path index of a layer from another machine. Checks the digests of blob and tar. Fails with
 * `store-corrupt`, `tar-format`, `disk-full` or `io`.
 */
export function indexLayer(layer: Layer, store: Store): Promise<Result<PathIndex>> {
  return withLayerTar(layer, store, ({ entries }) => indexPaths(entries));
}
