import { streamEntries, streamTar } from '@image-tooling/layer';
import { ok, type Layer, type OriginLayer, type Result } from '@image-tooling/model';
import { layerTar, type Store, type WrittenLayer } from '@image-tooling/oci';
import {
  recordOfSecrets,
  secretsOfLayer,
  secretsOfRecord,
  type LayerSecrets,
  type OpenLayer,
} from '@image-tooling/scan';
import { isScanned } from '../../scan-policy';
import type { Session } from '../../session';
import { layerText } from './layer-text';

/** Returns what a search of the layer found, by the rules of today; undefined if it has to be searched. */
export async function knownSecrets(
  store: Store,
  { diffId }: Pick<OriginLayer, 'diffId'>,
): Promise<LayerSecrets | undefined> {
  return secretsOfRecord(await store.getFact('secrets', diffId));
}

/** Searches a layer, whose blob must be in the store, unless its secrets are known. Fails as `searchLayer` does. */
export async function secretsOfBlob(
  session: SearchSession,
  layer: OriginLayer,
): Promise<Result<LayerSecrets>> {
  const known = await knownSecrets(session.store, layer);
  return known ? ok(known) : searchLayer(session, layer);
}

/**
 * Searches a layer, if its blob is in the store and whole. Returns whether its secrets are known then. Fails as
 * `searchLayer` does.
 */
export async function searchIfThere(session: SearchSession, layer: OriginLayer): Promise<Result<boolean>> {
  if (!(await session.store.hasBlob(layer.digest))) return ok(false);
  const found = await searchLayer(session, layer);
  if (found.ok) return ok(true);
  return found.failures.every(({ code }) => code === 'store-corrupt') ? ok(false) : found;
}

/**
 * Searches a layer, whose blob must be in the store, and stores the result. Fails with `store-corrupt`, `tar-format`,
 * `disk-full`, `io` or `aborted`.
 */
export async function searchLayer(session: SearchSession, layer: OriginLayer): Promise<Result<LayerSecrets>> {
  const step = session.context.progress.step(`${layer.owner}: search the ${layer.kind} layer for secrets`);
  const { store } = session;
  const open: OpenLayer = () => streamTar(layerTar(layer, store), { name: layerText(layer) });
  const found = await searchAndStore(session, layer, open);
  if (found.ok) step.done({ origin: 'ran', bytes: layer.tarSize });
  else step.failed();
  return found;
}

type SearchSession = Pick<Session, 'store' | 'context'>;

/**
 * Searches a layer that was just written, if the workspace scans its images, so that a scan need not unpack its blob. The
 * contents of its entries must still be where they were. Fails as `storeContents` does.
 */
export async function storeSecrets(
  session: SearchSession & Pick<Session, 'root'>,
  { layer, entries }: WrittenLayer,
): Promise<Result<void>> {
  if (!(await isScanned(session.root))) return ok(undefined);
  const found = await searchAndStore(session, layer, () => streamEntries(entries));
  return found.ok ? ok(undefined) : found;
}

async function searchAndStore(
  { store, context }: SearchSession,
  { diffId }: Pick<Layer, 'diffId'>,
  open: OpenLayer,
): Promise<Result<LayerSecrets>> {
  const found = await secretsOfLayer(open, context.signal);
  const put = found.ok ? await store.putFact('secrets', diffId, recordOfSecrets(found.value)) : found;
  return put.ok ? found : put;
}
