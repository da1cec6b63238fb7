import { hexOf, type Digest } from '@image-tooling/model';
import { LAYER_FACTS, type StoreFile } from '@image-tooling/oci';
import type { Inventory, StoredBuild, StoredImage, StoredLayer } from './inventory';
import type { Names } from './needs';

/** The rules for what to keep. */
export interface KeepRules {
  /** Names in workspaces' files. */
  readonly names: Names;
  /** Keep what was made or used since; milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** The kept content of a store, by digest. */
export interface Kept {
  readonly blobs: ReadonlySet<Digest>;
  readonly builds: ReadonlySet<Digest>;
  readonly diffIds: ReadonlySet<Digest>;
}

/**
 * Returns what to keep: images that a workspace names or that were assembled recently, with all of their
 * parts; layers that a workspace names or that were used recently; and everything else that was made or used
 * recently. Pure.
 */
export function whatStays({ files, images, builds }: Inventory, { names, sinceMs }: KeepRules): Kept {
  const isNamed = (digest: Digest): boolean => names.has(hexOf(digest));
  const isLate = ({ usedMs }: { readonly usedMs: number }): boolean => usedMs >= sinceMs;
  const keptImages = images.filter((image) => isNamed(image.digest) || isLate(image));
  const ofImages = partsOf(keptImages);
  const keptBuilds = builds.filter(
    (build) =>
      isLate(build) ||
      [build.buildId, ...(build.layer ? [build.layer.digest] : [])].some(
        (digest) => isNamed(digest) || ofImages.has(digest),
      ),
  );
  const blobs = files.filter((file) => file.kind === 'blob' && (isLate(file) || isNamed(file.digest)));
  return {
    blobs: new Set([...blobs.map(({ digest }) => digest), ...ofImages, ...blobsOf(keptBuilds)]),
    builds: new Set(keptBuilds.map(({ buildId }) => buildId)),
    diffIds: new Set([
      ...keptBuilds.flatMap(({ layer }) => layer?.diffId ?? []),
      ...keptImages.flatMap(({ layers }) => layers.flatMap(({ diffId }) => diffId ?? [])),
    ]),
  };
}

/**
 * Returns the files to remove, in an order that keeps the store consistent if it is interrupted: manifests
 * first, then records, and last what both name. Pure.
 */
export function whatGoes(
  { files, images }: Inventory,
  kept: Kept,
  { sinceMs }: Pick<KeepRules, 'sinceMs'>,
): StoreFile[] {
  const stays: Readonly<Record<StoreFile['kind'], ReadonlySet<Digest>>> = {
    build: kept.builds,
    inputs: kept.builds,
    paths: kept.diffIds,
    contents: kept.diffIds,
    symbols: kept.diffIds,
    secrets: kept.diffIds,
    matches: kept.diffIds,
    blob: kept.blobs,
  };
  const gone = files.filter(({ kind, digest, usedMs }) => usedMs < sinceMs && !stays[kind].has(digest));
  const manifests = new Set(images.map(({ digest }) => digest));
  const placeOf = ({ kind, digest }: StoreFile) =>
    kind === 'blob' && manifests.has(digest) ? 'manifest' : kind;
  return ORDER.flatMap((place) => gone.filter((file) => placeOf(file) === place));
}

const ORDER = ['manifest', 'build', 'inputs', 'paths', ...LAYER_FACTS, 'blob'] as const;

/** Returns the parts of an image: its config, its layers, and their build ids and diff ids. */
export function partsOfImage({ config, layers }: StoredImage): Digest[] {
  const ofLayer = ({ digest, diffId, origin }: StoredLayer): Digest[] => [
    digest,
    ...(diffId ? [diffId] : []),
    ...(origin ? [origin.buildId] : []),
  ];
  return [config, ...layers.flatMap(ofLayer)];
}

function partsOf(images: readonly StoredImage[]): Set<Digest> {
  return new Set(images.flatMap((image) => [image.digest, ...partsOfImage(image)]));
}

function blobsOf(builds: readonly StoredBuild[]): Digest[] {
  return builds.flatMap(({ layer }) => layer?.digest ?? []);
}
