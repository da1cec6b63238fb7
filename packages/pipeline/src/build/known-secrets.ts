import type { OriginLayer, Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';
import type { LayerSecrets } from '@image-tooling/scan';
import type { Session } from '../session';
import { restoreFacts } from '../workspace/fact-files';
import { knownOfLayer } from './known-of-layer';
import type { ImageOnPlatform } from './layer-owner';
import { knownSecrets } from './layers/layer-secrets';

/**
 * Returns what builds and scans found in layers of an image, in their order: from the store or the outputs of their
 * owners. Undefined where none has searched by the rules of today. Fails with `disk-full` or `io`.
 */
export function knownSecretsOfLayers(
  session: Session,
  of: ImageOnPlatform,
  layers: readonly OriginLayer[],
): Promise<Result<(LayerSecrets | undefined)[]>> {
  return mapResults(layers, (layer) => {
    // The outputs of a project must not say that a layer of another was searched.
    const own = layers.filter(({ owner }) => owner === layer.owner).map(({ diffId }) => diffId);
    return knownOfLayer(session, of, layer, {
      known: knownSecrets,
      restore: (store, folder) => restoreFacts('secrets', store, folder, new Set(own)),
    });
  });
}
