import { isDigest, jsonObject, type Digest } from '@image-tooling/model';
import { descriptorOf } from '../manifests/read';
import type { ManifestBytes, Referrer } from '../port';

/** A subject, and the row for a manifest in the list of its referrers. */
export interface SubjectLink {
  readonly subject: Digest;
  readonly referrer: Referrer;
}

/**
 * Returns the subject of a manifest, and the manifest's row in the list of referrers (OCI distribution-spec 1.1,
 * "Pushing Manifests with Subject": artifactType, else the config's media type). Undefined if it has no subject.
 */
export function subjectLink(manifest: ManifestBytes): SubjectLink | undefined {
  const { subject, artifactType, config, annotations } = (jsonObject(manifest.bytes) ??
    {}) as ManifestWithSubject;
  if (typeof subject?.digest !== 'string' || !isDigest(subject.digest)) return undefined;
  const referrer: Referrer = {
    ...descriptorOf(manifest),
    artifactType: artifactType ?? config?.mediaType ?? '',
    annotations: annotations ?? {},
  };
  return { subject: subject.digest, referrer };
}

interface ManifestWithSubject {
  readonly subject?: { readonly digest?: unknown } | null;
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}
