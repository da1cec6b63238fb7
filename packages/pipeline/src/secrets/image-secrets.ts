import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';
import { isReported, type ImageSecrets, type LayerSecrets, type SearchedLayer } from '@image-tooling/scan';
import { ensureLayers } from '../build/ensure-layers';
import { makeImage, type MadeImage } from '../build/image';
import { knownSecrets, searchLayer } from '../build/layers/layer-secrets';
import type { ImageOnPlatform } from '../build/layer-owner';
import type { Session } from '../session';
import { configSecrets } from './config-secrets';

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
  const searched = await mapResults([...layers.entries()], async ([index, layer]) => {
    const secrets = known[index];
    return secrets ? ok(secrets) : searchLayer(session, layer);
  });
  if (!searched.ok) return searched;
  const config = configSecrets(of.image, inheritance.config);
  return ok({ layers: await withPaths(session, layers, searched.value), config });
}

/** Path indexes tell which reported secrets a later layer hides: they are read only if there are any. */
async function withPaths(
  { store }: Session,
  layers: readonly OriginLayer[],
  secrets: readonly LayerSecrets[],
): Promise<SearchedLayer[]> {
  const all = layers.map(({ digest, diffId, kind }, at) => ({ digest, diffId, kind, secrets: secrets[at]! }));
  const isAsked = all.some(({ kind, secrets: { hits } }) => hits.some((hit) => isReported(hit, kind)));
  return Promise.all(
    all.map(async ({ diffId, ...layer }) => ({
      ...layer,
      paths: (isAsked ? await store.getPaths(diffId) : undefined) ?? new Map(),
    })),
  );
}
