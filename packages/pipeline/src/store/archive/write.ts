import { stat } from 'node:fs/promises';
import { archOf, canonicalJson, hexOf, ok, type Digest, type Json, type Result } from '@image-tooling/model';
import { fileEntry, missingParents, type TarEntry } from '@image-tooling/layer';
import { MEDIA_TYPES, type Store } from '@image-tooling/oci';
import type { ExportedImage } from './content';
import { BLOBS, BUILDS, INPUTS, LAYOUT, LAYOUT_TEXT } from './layout';

/**
 * Returns the entries of an archive: equal images give equal entries. Fails with `store-corrupt` if a part is
 * missing.
 */
export async function archiveEntries(
  store: Store,
  images: readonly ExportedImage[],
  debs: readonly Digest[],
): Promise<Result<TarEntry[]>> {
  const layers = images.flatMap((image) => image.layers);
  const digests = images.flatMap(({ image }) => [image.manifestDigest, image.configDigest]);
  const wanted = new Set([...digests, ...layers.map(({ digest }) => digest), ...debs]);
  const entries = new Map<string, TarEntry>();
  const add = (entry: TarEntry) => entries.set(entry.path, entry);
  for (const digest of wanted) {
    const entry = await blobEntry(store, digest);
    if (!entry.ok) return entry;
    add(entry.value);
  }
  for (const { buildId, diffId, digest, size, tarSize, compression } of layers) {
    add(
      fileEntry(
        `${BUILDS}${hexOf(buildId)}.json`,
        canonicalJson({ diffId, digest, size, tarSize, compression }),
      ),
    );
    const inputs = await store.getInputs(buildId);
    if (inputs !== undefined) add(fileEntry(`${INPUTS}${hexOf(buildId)}.json`, canonicalJson(inputs)));
  }
  add(fileEntry('index.json', canonicalJson(indexJson(images))));
  add(fileEntry(LAYOUT, LAYOUT_TEXT));
  return ok([...missingParents([...entries.values()], []), ...entries.values()]);
}

/** Hashes while reading, so that an archive never has altered bytes. */
async function blobEntry(store: Store, digest: Digest): Promise<Result<TarEntry>> {
  const found = await stat(store.blobPath(digest)).catch(() => undefined);
  const path = `${BLOBS}${hexOf(digest)}`;
  if (found)
    return ok({
      ...fileEntry(path, ''),
      size: found.size,
      content: { kind: 'stream', open: () => store.blobPieces(digest) },
    });
  const absent = await store.verifyBlob(digest);
  if (absent.ok) return blobEntry(store, digest);
  return absent;
}

/** Sorted by reference, whatever the requested order. */
function indexJson(images: readonly ExportedImage[]): Json {
  const inOrder = [...new Map(images.map((image) => [image.reference, image])).values()].sort((a, b) =>
    a.reference < b.reference ? -1 : 1,
  );
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: inOrder.map(({ reference, platform, image }) => ({
      mediaType: MEDIA_TYPES.manifest,
      digest: image.manifestDigest,
      size: image.manifestSize,
      platform: { architecture: archOf(platform), os: 'linux' },
      annotations: { 'org.opencontainers.image.ref.name': reference },
    })),
  };
}
