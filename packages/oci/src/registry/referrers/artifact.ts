import { canonicalJson, digestOf } from '@image-tooling/model';
import { EMPTY, EMPTY_BYTES } from '../../image/empty-blob';
import { descriptorJson, MEDIA_TYPES, type Descriptor } from '../../image/manifest';
import type { Artifact, LocalBlob, ManifestBytes } from '../port';

/** An artifact in the form that is sent to a registry. */
export interface BuiltArtifact {
  readonly manifest: ManifestBytes;
  readonly blobs: readonly LocalBlob[];
}

/**
 * Builds the manifest of an artifact and its blobs (OCI image-spec 1.1, manifest.md, "Guidelines for Artifact Usage").
 * The same artifact on the same subject has the same digest.
 */
export function buildArtifact(subject: Descriptor, artifact: Artifact): BuiltArtifact {
  const { artifactType, annotations, content } = artifact;
  const layers = content.map(({ mediaType, bytes }) => describe(mediaType, bytes));
  const json = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    artifactType,
    config: descriptorJson(EMPTY),
    layers: (layers.length > 0 ? layers : [EMPTY]).map(descriptorJson),
    subject: descriptorJson(subject),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
  };
  const bytes = Buffer.from(canonicalJson(json));
  return {
    manifest: { mediaType: MEDIA_TYPES.manifest, digest: digestOf(bytes), bytes },
    blobs: [EMPTY_BYTES, ...content.map((one) => one.bytes)].map(bytesBlob),
  };
}

function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** Returns bytes in memory as a blob. */
export function bytesBlob(bytes: Uint8Array): LocalBlob {
  async function* open(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { digest: digestOf(bytes), size: bytes.length, open };
}
