import type { Result } from '@image-tooling/model';
import type { CertificatePolicy, TrustPolicy } from '../policy';
import type { SignatureAnnotations } from '../simple-signing/payload';

/** Signs statements and payloads about images. */
export interface ImageSigner {
  /** Accepts what it signs. */
  readonly policy: TrustPolicy;
  /** For display: a key's fingerprint, or an identity. */
  readonly name: string;
  /** Signs a statement. Returns a sigstore bundle 0.3. Fails with `signing-failed`. */
  signStatement(statement: Uint8Array): Promise<Result<Buffer>>;
  /** Signs a payload. Returns the annotations that carry its signature. Fails with `signing-failed`. */
  signPayload(payload: Uint8Array): Promise<Result<SignatureAnnotations>>;
}

/** What signs: a key, or the identity of this CI job. Never printed: it has secrets. */
export type SigningSettings = KeySettings | KeylessSettings;

export interface KeySettings {
  readonly kind: 'key';
  /** PEM. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** The file or variable that the key comes from. */
  readonly from: string;
}

export interface KeylessSettings {
  readonly kind: 'keyless';
  /** The identity that the certificate must have. */
  readonly policy: CertificatePolicy;
  /** Base URL of the certificate authority. */
  readonly fulcio: string;
  /** Base URL of the transparency log. */
  readonly rekor: string;
  /** Identity token; default: GitHub's for the running job. */
  readonly token?: string | undefined;
}
