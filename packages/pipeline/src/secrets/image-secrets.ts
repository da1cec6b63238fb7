import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';
import type { ImageSecrets, SearchedLayer } from '@image-tooling/scan';
import { ensureLayers } from '../build/ensure-layers';
import { makeImage, type MadeImage } from '../build/image';
import type { ImageOnPlatform } from '../build/layer-owner';
import type { Session } from '../session';
import { configSecrets } from './config-secrets';
import { knownSecrets, searchLayer } from './layer-secrets';

/**
 * Returns the secrets in an image's layers and config. Only layers that were not searched by these rules are read: their
 * blobs are pulled or built again if the store lacks them. Fails as that does, and as `searchLayer`.
 */
export async function imageSecrets(
  session: Session,
  of: ImageOnPlatform,
  { layers, inheritance }: Pick<MadeImage, 'layers' | 'inheritance'>,
): Promise<Result<ImageSecrets>> {
  const unknown: OriginLayer[] = [];
  for (const layer of layers) if (!(await knownSecrets(session.store, layer))) unknown.push(layer);
  const blobs = await ensureLayers(session, { ...of, layers: unknown, need: 'blobs', makeImage });
  if (!blobs.ok) return blobs;
  const searched = await mapResults(layers, (layer) => searchedLayer(session, layer));
  return searched.ok
    ? ok({ layers: searched.value, config: configSecrets(of.image, inheritance.config) })
    : searched;
}

async function searchedLayer(session: Session, layer: OriginLayer): Promise<Result<SearchedLayer>> {
  const { store } = session;
  const known = await knownSecrets(store, layer);
  const secrets = known ? ok(known) : await searchLayer(session, layer);
  if (!secrets.ok) return secrets;
  const paths = (await store.getPaths(layer.diffId)) ?? new Map();
  return ok({ digest: layer.digest, kind: layer.kind, paths, secrets: secrets.value });
}
