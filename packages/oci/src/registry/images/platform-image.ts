import {
  cutText,
  archOf,
  fail,
  failWith,
  isDigest,
  ok,
  type Digest,
  type Failure,
  type Platform,
  type Result,
} from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { jsonObject } from '../manifests/json';
import { isIndexType, isManifestType } from '../manifests/media-types';
import type { ManifestBytes, Repository } from '../port';
import { repositoryText } from '../reference';

/** One platform of somebody's image, as its manifest names it. */
export interface PlatformImage {
  /** Of the platform's manifest. */
  readonly manifest: Digest;
  readonly config: Descriptor;
  /** Bottom first. */
  readonly layers: readonly Descriptor[];
}

/**
 * Finds one platform of what a digest leads to: an index, or the manifest of one platform (then its config says
 * which it is of). Fails with `gone` where the registry has no such thing, with `base-unusable` where it is not for
 * that platform or of a format that can't be built on, and as the registry does.
 */
export async function findPlatformImage(
  repository: Repository,
  digest: Digest,
  platform: Platform,
): Promise<Result<PlatformImage>> {
  const root = await needManifest(repository, digest);
  if (!root.ok || !isIndexType(root.value.mediaType)) return root.ok ? platformImageOf(root.value) : root;
  const listed = jsonObject(root.value.bytes)?.['manifests'];
  const rows = Array.isArray(listed) ? listed.filter(isRow) : [];
  const found = rowFor(rows, platform);
  if (!found) return fail(otherPlatforms(digest, platform, rows.map(platformText)));
  const manifest = await needManifest(repository, found.digest);
  return manifest.ok ? platformImageOf(manifest.value) : manifest;
}

interface IndexRow {
  readonly digest: Digest;
  readonly platform?: { readonly os?: unknown; readonly architecture?: unknown; readonly variant?: unknown };
}

function isRow(row: unknown): row is IndexRow {
  return typeof row === 'object' && row !== null;
}

/** The baseline of a processor; others need more than every machine of the platform has. */
const BASELINES: readonly unknown[] = [undefined, '', 'v1', 'v8'];

function rowFor(rows: readonly IndexRow[], wanted: Platform): IndexRow | undefined {
  return rows.find(
    ({ digest, platform }) =>
      isDigest(digest) &&
      platform?.os === 'linux' &&
      platform.architecture === archOf(wanted) &&
      BASELINES.includes(platform.variant),
  );
}

function platformText({ platform }: IndexRow): string {
  const { os, architecture, variant } = platform ?? {};
  return platformWords(os, architecture, variant);
}

/** "linux/arm64/v8"; what is not a text is unknown. */
export function platformWords(os: unknown, architecture: unknown, variant?: unknown): string {
  const known = [os, architecture].map((part) => (typeof part === 'string' ? part : 'unknown'));
  return [...known, ...(typeof variant === 'string' && variant !== '' ? [variant] : [])].join('/');
}

/** What is told of an index or config that is for other platforms. */
export function otherPlatforms(digest: Digest, wanted: Platform, found: readonly string[]): Failure {
  const has = [...new Set(found)].filter((text) => !text.startsWith('unknown'));
  return {
    code: 'base-unusable',
    message: `The image ${digest} is not for ${wanted}, but for ${has.join(', ') || 'no platform'}.`,
    hint: 'Take the digest of an index that has the platform, or list in "platforms" of image.json those that it has.',
  };
}

async function needManifest(repository: Repository, digest: Digest): Promise<Result<ManifestBytes>> {
  const found = await repository.getManifest(digest);
  if (!found.ok) return found;
  if (found.value) return ok(found.value);
  return fail({
    code: 'gone',
    message: `${repositoryText(repository.name)} has no manifest ${digest}.`,
    hint: 'Look at the digest; where the registry hides what one may not read, log in to it.',
  });
}

/** Reads the manifest of one platform. Fails with `base-unusable`, for all layers that can't be built on at once. */
export function platformImageOf({ mediaType, digest, bytes }: ManifestBytes): Result<PlatformImage> {
  const json = jsonObject(bytes);
  if (json?.['schemaVersion'] === 1)
    return fail(unusable(`The image ${digest} is in Docker's oldest format, "schema 1".`, MOVED));
  const config = json?.['config'];
  const layers: unknown = json?.['layers'];
  if (!isManifestType(mediaType) || isIndexType(mediaType) || !isDescriptor(config) || !Array.isArray(layers))
    return fail(unusable(`What ${digest} leads to is no image ("${mediaType}").`, NO_IMAGE));
  if (!CONFIG_TYPES.includes(config.mediaType))
    return fail(
      unusable(`What ${digest} leads to is no image: its config is "${config.mediaType}".`, NO_IMAGE),
    );
  const failures = layers.flatMap((layer) => layerFailures(layer));
  if (failures.length > 0) return failWith(failures);
  return ok({
    manifest: digest,
    config: descriptor(config),
    layers: (layers as Descriptor[]).map(descriptor),
  });
}

/** OCI image-spec 1.1, media-types.md; distribution, "Image Manifest Version 2, Schema 2". */
const CONFIG_TYPES = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];
const LAYER_TYPE =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.diff\.tar(?:\.gzip|\.zstd)?)$/;
const MOVED =
  'Pull it with docker and push it again, which writes the current format; take the digest of that.';
const NO_IMAGE =
  'Take the digest of an image for containers: an OCI or Docker manifest, or an index of such.';

function layerFailures(layer: unknown): Failure[] {
  if (!isDescriptor(layer))
    return [unusable(`A layer has no sha256 digest: ${cutText(JSON.stringify(layer), 200)}.`, NO_IMAGE)];
  if (/foreign|nondistributable/.test(layer.mediaType))
    return [
      unusable(
        `The layer ${layer.digest} may be given out by its vendor alone ("${layer.mediaType}").`,
        'An image on it could not be published. Take a base without such layers.',
      ),
    ];
  if (LAYER_TYPE.test(layer.mediaType)) return [];
  return [
    unusable(
      `The layer ${layer.digest} is of a kind that is not known here ("${layer.mediaType}").`,
      'Known are tars of OCI and Docker, plain or compressed with gzip or zstd.',
    ),
  ];
}

function isDescriptor(row: unknown): row is Descriptor {
  const { mediaType, digest, size } = Object(row) as Record<string, unknown>;
  if (typeof mediaType !== 'string' || typeof digest !== 'string') return false;
  return isDigest(digest) && Number.isSafeInteger(size) && (size as number) >= 0;
}

function descriptor({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

function unusable(message: string, hint: string): Failure {
  return { code: 'base-unusable', message, hint };
}
