import {
  cutText,
  archOf,
  fail,
  failWith,
  isDigest,
  jsonObject,
  ok,
  type Digest,
  type Failure,
  type Platform,
  type Result,
} from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { isIndexType, isManifestType } from '../manifests/media-types';
import type { ManifestBytes, Repository } from '../port';
import { repositoryText } from '../reference';

/** One platform of an external image, as its manifest describes it. */
export interface PlatformImage {
  /** Digest of the platform's manifest. */
  readonly manifest: Digest;
  readonly config: Descriptor;
  /** Bottom first. */
  readonly layers: readonly Descriptor[];
}

/**
 * Finds the image of one platform by digest: of an index, or of the manifest of one platform (its config names the
 * platform). Fails with `gone` if the registry has no such manifest, with `base-unusable` if it has no such platform
 * or an unsupported format, and as the registry does.
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

/** The baseline variant of a processor; other variants don't run on every machine of the platform. */
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

/** Returns "linux/arm64/v8"; "unknown" for parts that are not strings. */
export function platformWords(os: unknown, architecture: unknown, variant?: unknown): string {
  const known = [os, architecture].map((part) => (typeof part === 'string' ? part : 'unknown'));
  return [...known, ...(typeof variant === 'string' && variant !== '' ? [variant] : [])].join('/');
}

/** Returns the failure for an index or config of other platforms. */
export function otherPlatforms(digest: Digest, wanted: Platform, found: readonly string[]): Failure {
  const has = [...new Set(found)].filter((text) => !text.startsWith('unknown'));
  return {
    code: 'base-unusable',
    message: `The image ${digest} is not for ${wanted}, but for ${has.join(', ') || 'no platform'}.`,
    hint: 'Use the digest of an index that has the platform, or change "platforms" in image.json to the platforms of this image.',
  };
}

async function needManifest(repository: Repository, digest: Digest): Promise<Result<ManifestBytes>> {
  const found = await repository.getManifest(digest);
  if (!found.ok) return found;
  if (found.value) return ok(found.value);
  return fail({
    code: 'gone',
    message: `${repositoryText(repository.name)} has no manifest ${digest}.`,
    hint: 'Check the digest. If the repository is private, log in to the registry.',
  });
}

/** Reads the manifest of one platform. Fails with `base-unusable` for each unsupported layer. */
export function platformImageOf({ mediaType, digest, bytes }: ManifestBytes): Result<PlatformImage> {
  const json = jsonObject(bytes);
  if (json?.['schemaVersion'] === 1)
    return fail(unusable(`The image ${digest} is in Docker's oldest format, "schema 1".`, MOVED));
  const config = json?.['config'];
  const layers: unknown = json?.['layers'];
  if (!isManifestType(mediaType) || isIndexType(mediaType) || !isDescriptor(config) || !Array.isArray(layers))
    return fail(unusable(`${digest} is not an image ("${mediaType}").`, NO_IMAGE));
  if (!CONFIG_TYPES.includes(config.mediaType))
    return fail(unusable(`${digest} is not an image: its config is "${config.mediaType}".`, NO_IMAGE));
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
  'Pull it with docker and push it again, which writes the current format, and use the new digest.';
const NO_IMAGE = 'Use the digest of a container image: an OCI or Docker manifest, or an index of them.';

function layerFailures(layer: unknown): Failure[] {
  if (!isDescriptor(layer))
    return [unusable(`A layer has no sha256 digest: ${cutText(JSON.stringify(layer), 200)}.`, NO_IMAGE)];
  if (/foreign|nondistributable/.test(layer.mediaType))
    return [
      unusable(
        `The layer ${layer.digest} may be distributed only by its vendor ("${layer.mediaType}").`,
        "An image based on it can't be published. Use a base without such layers.",
      ),
    ];
  if (LAYER_TYPE.test(layer.mediaType)) return [];
  return [
    unusable(
      `The layer ${layer.digest} has an unsupported media type ("${layer.mediaType}").`,
      'Supported are tars of OCI and Docker, plain or compressed with gzip or zstd.',
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
