import type { Compression, Digest, Json, Layer } from '@image-tooling/model';

/** A reference to a blob (OCI image-spec 1.1, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** OCI image-spec 1.1, media-types.md. */
export const MEDIA_TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
} as const;

const LAYER_TYPES: Readonly<Record<Compression, string>> = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

/** Returns the compression of a layer's media type; undefined for a type that is not a layer of an image. */
export function compressionOf(mediaType: string): Compression | undefined {
  const known = Object.entries(LAYER_TYPES) as [Compression, string][];
  return known.find(([, type]) => type === mediaType)?.[0];
}

export function layerDescriptor({ compression, digest, size }: Layer): Descriptor {
  return { mediaType: LAYER_TYPES[compression], digest, size };
}

/** Builds the OCI image manifest of one platform. */
export function manifestJson(config: Descriptor, layers: readonly Layer[]): Json {
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptorJson(config),
    layers: layers.map((layer) => descriptorJson(layerDescriptor(layer))),
  };
}

export function descriptorJson({ mediaType, digest, size }: Descriptor): Record<string, Json> {
  return { mediaType, digest, size };
}
