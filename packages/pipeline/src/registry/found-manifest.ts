import { isDigest, type Digest, type ManifestNode } from '@image-tooling/model';
import { manifestContent, type Descriptor, type ManifestBytes } from '@image-tooling/oci';

/** A manifest of a repository, with what it needs. */
export interface FoundManifest extends ManifestNode {
  /** Bytes of the manifest itself. */
  readonly size: number;
  /** Config and layers. */
  readonly blobs: readonly Descriptor[];
}

/** What a manifest says of itself. One that can't be read has no `children`. */
export function foundManifest(manifest: ManifestBytes): FoundManifest {
  const { digest, bytes } = manifest;
  const content = manifestContent(manifest);
  if (!content.ok) return { digest, size: bytes.length, blobs: [], annotations: {} };
  const { subject, annotations } = JSON.parse(Buffer.from(bytes).toString()) as ManifestJson;
  const subjectDigest = subject?.digest;
  return {
    digest,
    size: bytes.length,
    blobs: content.value.blobs,
    children: content.value.manifests.map((child) => child.digest),
    annotations: textMembers(annotations),
    ...(isDigestText(subjectDigest) && { subject: subjectDigest }),
  };
}

interface ManifestJson {
  readonly subject?: { readonly digest?: unknown } | null;
  readonly annotations?: unknown;
}

function isDigestText(value: unknown): value is Digest {
  return typeof value === 'string' && isDigest(value);
}

function textMembers(value: unknown): Record<string, string> {
  const rows = Object.entries((value ?? {}) as object) as [string, unknown][];
  return Object.fromEntries(rows.filter((row): row is [string, string] => typeof row[1] === 'string'));
}
