import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';
import type { ImageSecrets, LayerSecrets, SearchedLayer } from '@image-tooling/scan';
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
  const known = await Promise.all(layers.map((layer) => knownSecrets(session.store, layer)));
  const unknown = layers.filter((_, index) => !known[index]);
  const blobs = await ensureLayers(session, { ...of, layers: unknown, need: 'blobs', makeImage });
  if (!blobs.ok) return blobs;
  const searched = await mapResults([...layers.entries()], ([index, layer]) =>
    searchedLayer(session, layer, known[index]),
  );
  return searched.ok
    ? ok({ layers: searched.value, config: configSecrets(of.image, inheritance.config) })
    : searched;
}

async function searchedLayer(
  session: Session,
  layer: OriginLayer,
  known: LayerSecrets | undefined,
): Promise<Result<SearchedLayer>> {
  const secrets = known ? ok(known) : await searchLayer(session, layer);
  if (!secrets.ok) return secrets;
  const paths = (await session.store.getPaths(layer.diffId)) ?? new Map();
  return ok({ digest: layer.digest, kind: layer.kind, paths, secrets: secrets.value });
}
