import { chainOf, ok, type Image, type OriginLayer, type Result } from '@image-tooling/model';
import { bytesBlob, imageBytes, MEDIA_TYPES, storedBlob, type RepositoryName } from '@image-tooling/oci';
import { ensureBase } from '../build/base';
import { basePlace } from '../build/base/repository';
import { fetchRecorded } from '../build/fetch-recorded';
import type { MadeImage } from '../build/image';
import type { ImageOnPlatform } from '../build/layer-owner';
import { madeAsRecorded, type Use } from '../build/recorded';
import type { Session } from '../session';
import { repositoryOf } from '../image-repository';
import { stagingOf } from '../staging-repository';
import type { LabelledBlob, LocalPlatform } from './publication';

export const PUBLISH: Use = { verb: 'publish', notForTools: 'it is published in the images that have it' };

/**
 * Returns an image of one platform: manifest and config, and where its layers come from. Layers that the store lacks
 * are brought into it only if the registry lacks them too: as they were recorded, else built again; the digest must be
 * the tested one. Fails with `not-reproducible`, and as building does.
 */
export async function localPlatform(
  session: Session,
  of: ImageOnPlatform,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Result<LocalPlatform>> {
  const made = await madeAsRecorded(session, of, PUBLISH, 'paths');
  if (!made.ok) return made;
  const { config, manifest } = imageBytes(made.value.recipe);
  const siblings = siblingsOf(session, of.image, { dryRun });
  const bring = bringer(session, of);
  return ok({
    manifest: { mediaType: MEDIA_TYPES.manifest, digest: made.value.image.manifestDigest, bytes: manifest },
    blobs: [
      { label: 'config', blob: bytesBlob(config), mountFrom: [] },
      ...made.value.layers.map((layer, at): LabelledBlob => ({
        label: layerLabel(layer),
        blob: storedBlob(session.store, layer),
        mountFrom: siblings(layer, at < made.value.inherited),
        bring: () => bring(layer),
      })),
    ],
  });
}

/** Returns a function that gets a layer into the store. What can't be pulled is built again, once for all layers. */
function bringer(session: Session, of: ImageOnPlatform): (layer: OriginLayer) => Promise<Result<void>> {
  let whole: Promise<Result<MadeImage>> | undefined;
  const lock = chainOf(of.image)[0].lock?.value.platforms[of.platform];
  return async (layer) => {
    if (layer.kind === 'base' && lock) {
      const pulled = await ensureBase(session, lock, [layer]);
      return pulled.ok ? ok(undefined) : pulled;
    }
    const fetched = await fetchRecorded(session, of, layer);
    if (!fetched.ok) return fetched;
    if (fetched.value) return ok(undefined);
    const made = await (whole ??= madeAsRecorded(session, of, PUBLISH));
    return made.ok ? ok(undefined) : made;
  };
}

/**
 * Returns a function for the paths of repositories in the same registry that should have a layer: the parent's, if it
 * is inherited; that of the registry image; and the staging repository. A dry run can't ask the latter.
 */
function siblingsOf(
  session: Session,
  image: Image,
  { dryRun }: { readonly dryRun: boolean },
): (layer: OriginLayer, isInherited: boolean) => readonly string[] {
  const own = repositoryOf(session, image.name);
  const pathIn = (place: Result<RepositoryName | undefined> | undefined): string[] =>
    own.ok && place?.ok && place.value?.registry === own.value.registry ? [place.value.path] : [];
  const parent = pathIn(image.parent && repositoryOf(session, image.parent.name));
  const base = pathIn(baseRepository(image));
  const staging = dryRun ? [] : pathIn(stagingOf(session));
  return ({ kind }, isInherited) => [...(isInherited ? parent : []), ...(kind === 'base' ? base : staging)];
}

/** Returns the repository of the registry image at the bottom. */
function baseRepository(image: Image): Result<RepositoryName> | undefined {
  const { from } = chainOf(image)[0].definition;
  if (!('registry' in from)) return undefined;
  const place = basePlace(from.registry);
  return place.ok ? ok(place.value.repository) : place;
}

function layerLabel({ kind, owner }: OriginLayer): string {
  return kind === 'tool' ? `tool ${owner}` : `${kind} layer of ${owner}`;
}
