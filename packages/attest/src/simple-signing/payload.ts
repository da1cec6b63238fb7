import { canonicalJson, hexOf, isDigest, type Digest } from '@image-tooling/model';

/** Media type of a signed payload (cosign, pkg/types/media.go). */
export const PAYLOAD_MEDIA_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** Annotations of a signed payload (cosign, pkg/oci/static/signature.go). */
export const ANNOTATIONS = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  bundle: 'dev.sigstore.cosign/bundle',
} as const;

export type SignatureAnnotations = Readonly<Record<string, string>>;

/** Type in the payload (sigstore, pkg/signature/payload/payload.go). */
const TYPE = 'cosign container image signature';

/** Returns the tag of a manifest's signatures. */
export function signatureTag(manifest: Digest): string {
  return `sha256-${hexOf(manifest)}.sig`;
}

/**
 * Returns the payload that is signed for a manifest (containers-signature(5), "The JSON signature format").
 *
 * @param repository with its host, without a tag
 */
export function signedPayload(manifest: Digest, repository: string): Buffer {
  const json = {
    critical: {
      identity: { 'docker-reference': repository },
      image: { 'docker-manifest-digest': manifest },
      type: TYPE,
    },
    optional: null,
  };
  return Buffer.from(canonicalJson(json));
}

/** Returns the manifest that a payload is about; undefined if it is not a payload. */
export function payloadSubject(payload: Uint8Array): Digest | undefined {
  try {
    const { critical } = JSON.parse(Buffer.from(payload).toString()) as Partial<Payload>;
    const digest = critical?.image?.['docker-manifest-digest'];
    return critical?.type === TYPE && isDigest(digest) ? digest : undefined;
  } catch {
    return undefined;
  }
}

interface Payload {
  readonly critical: {
    readonly type?: unknown;
    readonly image?: { readonly 'docker-manifest-digest'?: unknown };
  } | null;
}
