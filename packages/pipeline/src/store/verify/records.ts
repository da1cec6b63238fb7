import { readFile } from 'node:fs/promises';
import { mapConcurrent } from '@image-tooling/host';
import { digestOf, hexOf, type Digest } from '@image-tooling/model';
import { LAYER_FACTS, type Store, type StoreFile } from '@image-tooling/oci';
import type { Inventory, StoredBuild, StoredImage } from '../inventory';
import { damage, type Damage } from './damage';

/** Returns dangling records, and images that lack a part. */
export async function damagedRecords(
  store: Store,
  inventory: Inventory,
  nameOf: (digest: Digest) => string,
): Promise<Damage[]> {
  const { files, builds, images } = inventory;
  const sizes = new Map(
    files.filter(({ kind }) => kind === 'blob').map(({ digest, size }) => [digest, size]),
  );
  const found = await Promise.all([
    mapConcurrent(builds, (build) => badBuild(store, build, sizes, nameOf)),
    mapConcurrent(
      files.filter(({ kind }) => kind === 'inputs'),
      badInputs,
    ),
    mapConcurrent(
      files.filter(({ kind }) => kind === 'paths'),
      (file) => badPaths(store, file),
    ),
    mapConcurrent(files, (file) => badFact(store, file)),
  ]);
  return [...found.flat(2), ...images.flatMap((image) => badImage(image, store, sizes, nameOf))];
}

type Sizes = ReadonlyMap<Digest, number>;

async function badBuild(
  store: Store,
  { buildId, layer, file }: StoredBuild,
  sizes: Sizes,
  nameOf: (digest: Digest) => string,
): Promise<Damage[]> {
  if (!layer) return [damage(`The record of the build id ${buildId} can't be read.`, [file])];
  const name = nameOf(layer.digest);
  const size = sizes.get(layer.digest);
  if (size === undefined)
    return [damage(`${name} is recorded, but its blob ${layer.digest} is gone.`, [file])];
  if (size !== layer.size)
    return [damage(`${name} is recorded with ${layer.size} bytes, but its blob has ${size}.`, [file])];
  if (await store.getPaths(layer.diffId)) return [];
  return [damage(`${name} is recorded, but the list of its paths is gone.`, [file])];
}

/** The name of such a record is the hash of its content. */
async function badInputs(file: StoreFile): Promise<Damage[]> {
  const text = await readFile(file.path).catch(() => undefined);
  if (text === undefined || digestOf(text) === file.digest) return [];
  return [damage(`The inputs of the build id ${file.digest} were changed.`, [file])];
}

async function badPaths(store: Store, file: StoreFile): Promise<Damage[]> {
  if (await store.getPaths(file.digest)) return [];
  return [damage(`The list of paths of the layer ${hexOf(file.digest)} can't be read.`, [file])];
}

async function badFact(store: Store, file: StoreFile): Promise<Damage[]> {
  const fact = LAYER_FACTS.find((one) => one === file.kind);
  if (!fact || (await store.getFact(fact, file.digest)) !== undefined) return [];
  return [damage(`The record "${fact}" of the layer ${hexOf(file.digest)} can't be read.`, [file])];
}

function badImage(
  { name, platform, digest, config, layers }: StoredImage,
  store: Store,
  sizes: Sizes,
  nameOf: (digest: Digest) => string,
): Damage[] {
  const missing = [config, ...layers.map((layer) => layer.digest)].filter((part) => !sizes.has(part));
  if (missing.length === 0) return [];
  const parts = missing.map((part) => `${nameOf(part)}: ${part}`);
  return [
    damage(
      `The image ${name} ${platform} (${digest}) lacks a part.`,
      [{ path: store.blobPath(digest) }],
      parts,
    ),
  ];
}
