import { chainOf, ok, type Image, type OriginLayer, type Platform, type Result } from '@image-tooling/model';
import { MEDIA_TYPES, storedBlob, type Store } from '@image-tooling/oci';
import { basePlace } from '../build/base/repository';
import { madeAsRecorded, type Use } from '../build/recorded';
import type { Session } from '../session';
import { repositoryOf } from '../image-repository';
import type { LabelledBlob, LocalPlatform } from './publication';

export const PUBLISH: Use = { verb: 'publish', notForTools: 'it is published in the images that have it' };

/**
 * Returns an image of one platform from the store. Builds again what the store lacks; the digest must be the
 * tested one. Fails with `not-reproducible`, and as building does.
 */
export async function localPlatform(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<LocalPlatform>> {
  const made = await madeAsRecorded(session, image, platform, PUBLISH);
  if (!made.ok) return made;
  const { store } = session;
  const parent = parentPaths(session, image);
  const base = basePaths(session, image);
  const pathsOf = (layer: OriginLayer, isInherited: boolean): readonly string[] => [
    ...(isInherited ? parent : []),
    ...(layer.kind === 'base' ? base : []),
  ];
  const { manifestDigest, configDigest, configSize } = made.value.image;
  const bytes = await store.readBlob(manifestDigest);
  if (!bytes.ok) return bytes;
  return ok({
    manifest: { mediaType: MEDIA_TYPES.manifest, digest: manifestDigest, bytes: bytes.value },
    blobs: [
      labelled(store, 'config', { digest: configDigest, size: configSize }, []),
      ...made.value.layers.map((layer, at) =>
        labelled(store, layerLabel(layer), layer, pathsOf(layer, at < made.value.inherited)),
      ),
    ],
  });
}

function labelled(
  store: Store,
  label: string,
  { digest, size }: Pick<OriginLayer, 'digest' | 'size'>,
  mountFrom: readonly string[],
): LabelledBlob {
  return { label, blob: storedBlob(store, { digest, size }), mountFrom };
}

/** Returns the parent's repository, which has all inherited layers, if it is in the same registry. */
function parentPaths(session: Session, image: Image): string[] {
  const own = repositoryOf(session, image.name);
  const parent = image.parent && repositoryOf(session, image.parent.name);
  return own.ok && parent?.ok && own.value.registry === parent.value.registry ? [parent.value.path] : [];
}

/** Returns the repository of the registry image at the bottom, if it is in the same registry. */
function basePaths(session: Session, image: Image): string[] {
  const { from } = chainOf(image)[0].definition;
  const own = repositoryOf(session, image.name);
  const base = 'registry' in from ? basePlace(from.registry) : undefined;
  if (!own.ok || !base?.ok) return [];
  const { repository } = base.value;
  return repository.registry === own.value.registry ? [repository.path] : [];
}

function layerLabel({ kind, owner }: OriginLayer): string {
  return kind === 'tool' ? `tool ${owner}` : `${kind} layer of ${owner}`;
}
