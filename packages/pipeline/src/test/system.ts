import type { SystemLayer } from '@image-tooling/engines';
import type { Layer } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import { engineLayers } from '../build/chain';

/** Returns all layers of an image, with its help, for an engine. */
export function systemOf(store: Store, layers: readonly Layer[]): readonly [SystemLayer, ...SystemLayer[]] {
  const [lowest, ...above] = engineLayers(store, layers);
  if (!lowest) throw new Error('an image without a layer');
  return [lowest, ...above];
}
