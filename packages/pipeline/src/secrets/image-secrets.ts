import type { PathIndex } from '@image-tooling/layer';
import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';
import { isReported, type ImageSecrets, type LayerSecrets, type SearchedLayer } from '@image-tooling/scan';
import { chainPaths } from '../build/chain';
import { ensureLayers } from '../build/ensure-layers';
import { makeImage, type MadeImage } from '../build/image';
import { knownSecretsOfLayers } from '../build/known-secrets';
import { searchLayer } from '../build/layers/layer-secrets';
import type { ImageOnPlatform } from '../build/layer-owner';
import type { Session } from '../session';
import { configSecrets } from './config-secrets';

/**
 * Returns the secrets in an image's layers and config. Only layers that no build or scan has searched by these rules are
 * read: their blobs are pulled or built again if the store lacks them. Fails as that does, as `searchLayer`, and as
 * `chainPaths`.
 */
export async function imageSecrets(
  session: Session,
  of: ImageOnPlatform,
  { layers, inheritance }: Pick<MadeImage, 'layers' | 'inheritance'>,
): Promise<Result<ImageSecrets>> {
  const found = await knownSecretsOfLayers(session, of, layers);
  if (!found.ok) return found;
  const known = found.value;
  const unknown = layers.filter((_, index) => !known[index]);
  const blobs = await ensureLayers(session, { ...of, layers: unknown, need: 'blobs', makeImage });
  if (!blobs.ok) return blobs;
  const searched = await mapResults([...layers.entries()], async ([index, layer]) => {
    const secrets = known[index];
    return secrets ? ok(secrets) : searchLayer(session, layer);
  });
  if (!searched.ok) return searched;
  const hits = await withPaths(session, layers, searched.value);
  if (!hits.ok) return hits;
  return ok({ layers: hits.value, config: configSecrets(of.image, inheritance.config) });
}

/** Path indexes tell which reported secrets a later layer hides: they are read only if there are any. */
async function withPaths(
  session: Session,
  layers: readonly OriginLayer[],
  secrets: readonly LayerSecrets[],
): Promise<Result<SearchedLayer[]>> {
  const isAsked = layers.some(({ kind }, at) => secrets[at]!.hits.some((hit) => isReported(hit, kind)));
  const paths = isAsked ? await chainPaths(session, layers) : ok(layers.map((): PathIndex => new Map()));
  if (!paths.ok) return paths;
  return ok(
    layers.map(({ digest, kind }, at) => ({ digest, kind, paths: paths.value[at]!, secrets: secrets[at]! })),
  );
}
