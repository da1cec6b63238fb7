import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ioFailure } from '@image-tooling/host';
import {
  archOf,
  canonicalJson,
  fail,
  hexOf,
  ok,
  type Digest,
  type Json,
  type Result,
} from '@image-tooling/model';
import {
  fileEntry,
  MEDIA_TYPES,
  missingParents,
  writeTarFile,
  type Store,
  type TarEntry,
  type TarFile,
} from '@image-tooling/oci';
import type { ExportedImage } from './content';
import { BLOBS, BUILDS, INPUTS, LAYOUT, LAYOUT_TEXT } from './layout';

/** The entries of an archive: equal images give equal entries. Fails with `store-corrupt` where a part is gone. */
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

/** Hashed while it is read: an archive never passes on bytes that were altered. */
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

/** In the order of their references, whatever order they were asked for in. */
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

/** Writes an archive whole or not at all. Fails with `store-corrupt`, `disk-full`, `io` or `aborted`. */
export async function writeArchive(
  entries: readonly TarEntry[],
  file: string,
  signal: AbortSignal,
): Promise<Result<TarFile>> {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const written = await writeTarFile(entries, temporary, signal);
    if (!written.ok) return fullDisk(written, file);
    await sync(temporary);
    await rename(temporary, file);
    return written;
  } catch (error) {
    return fullDisk(fail(ioFailure(error, file)), file);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Here it is not the store's disk that is full. */
function fullDisk<T>(result: Extract<Result<T>, { ok: false }>, file: string): Result<never> {
  const [first, ...rest] = result.failures;
  if (first.code !== 'disk-full') return result;
  return fail(
    {
      ...first,
      message: `No space left while writing ${file}.`,
      hint: 'Free space there, or write it to another disk: --to=<file>.',
    },
    ...rest,
  );
}
