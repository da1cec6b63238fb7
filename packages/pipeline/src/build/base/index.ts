import { baseInputs, ok, type OriginLayer, type PlatformLock, type Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';
import type { Session } from '../../session';
import { ensureLayer } from '../layers/ensure-layer';
import { pullBaseLayer } from './pull';

/**
 * Pulls the layers of a registry image that are not in the store, several at a time. Fails as `pullBaseLayer`
 * does.
 */
export async function ensureBase(
  session: Session,
  { base }: Pick<PlatformLock, 'base'>,
  layers: readonly OriginLayer[],
): Promise<Result<OriginLayer[]>> {
  if (!base) return ok([]);
  const each = [...new Map(layers.map((layer) => [layer.buildId, layer])).values()];
  return mapResults(each, (layer) =>
    ensureLayer(session, { ...layer, inputs: baseInputs(layer.digest) }, () =>
      pullBaseLayer(session, base.reference, layer),
    ),
  );
}
