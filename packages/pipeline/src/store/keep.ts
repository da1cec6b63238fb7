import { hexOf, type Digest } from '@image-tooling/model';
import type { StoreFile } from '@image-tooling/oci';
import type { Inventory, StoredBuild, StoredImage, StoredLayer } from './inventory';
import type { Names } from './needs';

/** What decides what stays. */
export interface KeepRules {
  /** What workspaces name. */
  readonly names: Names;
  /** What was made or used since stays; milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What of a store stays, by its digests. */
export interface Kept {
  readonly blobs: ReadonlySet<Digest>;
  readonly builds: ReadonlySet<Digest>;
  readonly diffIds: ReadonlySet<Digest>;
}

/**
 * Pure: what stays. Images that a workspace names or that were put together lately, with all that they are made
 * of; layers that a workspace names or that were used lately; and whatever else was made or used lately.
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
 * Pure: the files that don't stay, in an order that leaves a sound store wherever it breaks off: manifests first, then
 * records, and last what both name.
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
    blob: kept.blobs,
  };
  const gone = files.filter(({ kind, digest, usedMs }) => usedMs < sinceMs && !stays[kind].has(digest));
  const manifests = new Set(images.map(({ digest }) => digest));
  const placeOf = ({ kind, digest }: StoreFile) =>
    kind === 'blob' && manifests.has(digest) ? 'manifest' : kind;
  return ORDER.flatMap((place) => gone.filter((file) => placeOf(file) === place));
}

const ORDER = ['manifest', 'build', 'inputs', 'paths', 'blob'] as const;

/** What an image is made of: its config, its layers, and the build ids and diff ids of those. */
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
