import { open, readFile } from 'node:fs/promises';
import { mapConcurrent } from '@image-tooling/host';
import type { Digest, Layer } from '@image-tooling/model';
import type { Store, StoreFile } from '@image-tooling/oci';
import { readImage, type StoredImage } from './stored-image';

export type { StoredImage, StoredLayer } from './stored-image';

/** The record of a layer by build id. */
export interface StoredBuild {
  readonly buildId: Digest;
  /** Undefined if the record can't be read. */
  readonly layer: Layer | undefined;
  /** Milliseconds since the epoch. */
  readonly usedMs: number;
  readonly file: StoreFile;
}

/** The kind of a blob: manifest or config of an image; `other`: downloads, and unreferenced blobs. */
export type BlobKind = 'layer' | 'image' | 'deb' | 'other';

/** The content of a store, read without hashing. */
export interface Inventory {
  readonly files: readonly StoreFile[];
  /** One for each manifest. */
  readonly images: readonly StoredImage[];
  readonly builds: readonly StoredBuild[];
  readonly kinds: ReadonlyMap<Digest, BlobKind>;
}

/** Manifests and configs of images are a few kB. */
const SMALL = 262_144;

/** Reads the content of a store. Unreadable files count as `other`. */
export async function takeInventory(store: Store): Promise<Inventory> {
  const files = await store.files();
  const blobs = files.filter(({ kind }) => kind === 'blob');
  const images = (
    await mapConcurrent(
      blobs.filter(({ size }) => size <= SMALL),
      imageIn(store),
    )
  ).flat();
  const builds = await mapConcurrent(
    files.filter(({ kind }) => kind === 'build'),
    buildOf(store),
  );
  const layers = [
    ...images.flatMap((image) => image.layers.map(({ digest }) => digest)),
    ...builds.flatMap(({ layer }) => layer?.digest ?? []),
  ];
  const known = new Map<Digest, BlobKind>([
    ...layers.map((digest) => [digest, 'layer'] as const),
    ...images.flatMap(({ digest, config }) => [[digest, 'image'] as const, [config, 'image'] as const]),
  ]);
  const rest = blobs.filter(({ digest }) => !known.has(digest));
  const kinds = await mapConcurrent(rest, async (file) => [file.digest, await kindOf(file)] as const);
  return { files, images, builds, kinds: new Map([...known, ...kinds]) };
}

function buildOf(store: Store) {
  return async (file: StoreFile): Promise<StoredBuild> => ({
    buildId: file.digest,
    layer: await store.recordedBuild(file.digest),
    usedMs: file.usedMs,
    file,
  });
}

function imageIn(store: Store) {
  return async (file: StoreFile): Promise<StoredImage[]> => {
    const manifest = await jsonIn(file.path);
    if (manifest === undefined) return [];
    const image = await readImage(file, manifest, (config) => jsonIn(store.blobPath(config)));
    return image ? [image] : [];
  };
}

async function jsonIn(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'latin1');
    return text.startsWith('{') ? JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

/** The first bytes of every .deb (deb(5)). */
const DEB_START = '!<arch>\ndebian-binary';

async function kindOf({ path }: StoreFile): Promise<BlobKind> {
  const start = Buffer.alloc(DEB_START.length);
  const file = await open(path).catch(() => undefined);
  await file?.read(start, 0, start.length, 0).catch(() => undefined);
  await file?.close();
  return start.toString('latin1') === DEB_START ? 'deb' : 'other';
}
