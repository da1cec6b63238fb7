import { canonicalJson, digestOf, type Layer } from '@image-tooling/model';
import { EMPTY, EMPTY_BYTES } from '../../image/empty-blob';
import { descriptorJson, layerDescriptor, MEDIA_TYPES } from '../../image/manifest';
import type { LocalBlob, ManifestBytes } from '../port';
import { bytesBlob } from '../referrers/artifact';

/** Layers that belong together, without an image. */
export interface LayerSet {
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly layers: readonly Layer[];
}

/**
 * Returns a manifest that refers to layers, so that a registry keeps them, and its config, which the registry must have
 * first (OCI image-spec 1.1, manifest.md, "Guidelines for Artifact Usage"). The same set has the same digest.
 */
export function layerSet({ artifactType, annotations, layers }: LayerSet): {
  readonly manifest: ManifestBytes;
  readonly config: LocalBlob;
} {
  const json = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    artifactType,
    config: descriptorJson(EMPTY),
    layers: layers.map((layer) => descriptorJson(layerDescriptor(layer))),
    annotations,
  };
  const bytes = Buffer.from(canonicalJson(json));
  return {
    manifest: { mediaType: MEDIA_TYPES.manifest, digest: digestOf(bytes), bytes },
    config: bytesBlob(EMPTY_BYTES),
  };
}
