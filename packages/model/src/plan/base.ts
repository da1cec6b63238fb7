import { canonicalJson } from '../canonical';
import type { BaseLock } from '../definitions/locks';
import { digestOf, type Digest } from '../digest';
import type { Compression, OriginLayer } from '../layer';
import { FORMATS } from './formats';
import { layerBuildId } from './system';

/** The part of a locked registry image that decides images based on it. */
export type PlannedBase = Pick<BaseLock, 'reference' | 'time' | 'layers' | 'inherited' | 'packages'>;

/**
 * Returns the layers of a registry image, as rows of an image based on it. Build ids follow from the blob
 * alone: two images with one base share its layers.
 */
export function baseLayers({ layers, time }: PlannedBase, owner: string): OriginLayer[] {
  return layers.map(({ mediaType, digest, size, diffId, tarSize }) => ({
    kind: 'base',
    owner,
    buildId: layerBuildId(baseInputs(digest)),
    time,
    diffId,
    digest,
    size,
    tarSize,
    compression: compressionOfBase(mediaType),
  }));
}

/** Returns the inputs of a base layer: its blob. */
export function baseInputs(digest: Digest): Readonly<Record<string, string | number>> {
  return { kind: 'base', format: FORMATS.base, digest };
}

/** Returns the identity of a registry image's system, which locks of images based on it name. */
export function baseDigest({ layers }: Pick<PlannedBase, 'layers'>): Digest {
  return digestOf(canonicalJson({ base: layers.map(({ diffId }) => diffId) }));
}

/** OCI image-spec 1.1, annotations.md, "Pre-Defined Annotation Keys". */
export function baseLabels({ reference }: Pick<PlannedBase, 'reference'>): Record<string, string> {
  const at = reference.lastIndexOf('@');
  return {
    'org.opencontainers.image.base.name': reference.slice(0, at),
    'org.opencontainers.image.base.digest': reference.slice(at + 1),
  };
}

/** By the end of the media type, which OCI's and Docker's own share: "….tar.gzip", "….tar+zstd", "….tar". */
export function compressionOfBase(mediaType: string): Compression {
  if (/[.+]gzip$/.test(mediaType)) return 'gzip';
  return /[.+]zstd$/.test(mediaType) ? 'zstd' : 'none';
}
