import { streamTar } from '@image-tooling/layer';
import type { OriginLayer, Result } from '@image-tooling/model';
import { layerTar, type Store } from '@image-tooling/oci';
import { recordOfSecrets, secretsOfLayer, secretsOfRecord, type LayerSecrets } from '@image-tooling/scan';
import { layerText } from '../build/layers/layer-text';
import type { Session } from '../session';

/** Returns what a search of the layer found, by the rules of today; undefined if it has to be searched. */
export async function knownSecrets(
  store: Store,
  { diffId }: Pick<OriginLayer, 'diffId'>,
): Promise<LayerSecrets | undefined> {
  return secretsOfRecord(await store.getFact('secrets', diffId));
}

/**
 * Searches a layer, whose blob must be in the store, and stores the result. Fails with `store-corrupt`, `tar-format`,
 * `disk-full`, `io` or `aborted`.
 */
export async function searchLayer(
  { store, context }: Pick<Session, 'store' | 'context'>,
  layer: OriginLayer,
): Promise<Result<LayerSecrets>> {
  const step = context.progress.step(`${layer.owner}: search the ${layer.kind} layer for secrets`);
  const found = await searchBlob(store, layer, context.signal);
  const put = found.ok ? await store.putFact('secrets', layer.diffId, recordOfSecrets(found.value)) : found;
  if (put.ok) step.done({ origin: 'ran', bytes: layer.tarSize });
  else step.failed();
  return put.ok ? found : put;
}

function searchBlob(store: Store, layer: OriginLayer, signal: AbortSignal): Promise<Result<LayerSecrets>> {
  return secretsOfLayer(() => streamTar(layerTar(layer, store), { name: layerText(layer) }), signal);
}
