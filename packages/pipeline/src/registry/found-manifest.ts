import { jsonObject, stringMembers, type ManifestNode } from '@image-tooling/model';
import { manifestContent, subjectLink, type Descriptor, type ManifestBytes } from '@image-tooling/oci';

/** A manifest of a repository, with its references. */
export interface FoundManifest extends ManifestNode {
  /** Bytes of the manifest itself. */
  readonly size: number;
  /** Config and layers. */
  readonly blobs: readonly Descriptor[];
}

/** Parses a manifest. An invalid one has no `children`. */
export function foundManifest(manifest: ManifestBytes): FoundManifest {
  const { digest, bytes } = manifest;
  const content = manifestContent(manifest);
  if (!content.ok) return { digest, size: bytes.length, blobs: [], annotations: {} };
  const subject = subjectLink(manifest)?.subject;
  return {
    digest,
    size: bytes.length,
    blobs: content.value.blobs,
    children: content.value.manifests.map((child) => child.digest),
    annotations: stringMembers(jsonObject(bytes)?.['annotations']),
    ...(subject !== undefined && { subject }),
  };
}
