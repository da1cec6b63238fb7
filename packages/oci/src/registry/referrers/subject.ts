import { isDigest, type Digest } from '@image-tooling/model';
import { jsonObject } from '../manifests/json';
import { descriptorOf } from '../manifests/read';
import type { ManifestBytes, Referrer } from '../port';

/** A manifest that has a subject, as a row of the subject's referrers. */
export interface SubjectLink {
  readonly subject: Digest;
  readonly referrer: Referrer;
}

/**
 * The subject that a manifest names, and the row that a client lists it by (OCI distribution-spec 1.1, "Pushing
 * Manifests with Subject": artifactType, else the config's media type). Undefined where it names none.
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
