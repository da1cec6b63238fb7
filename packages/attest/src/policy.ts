/** Whose signatures are trusted. */
export type TrustPolicy = KeyPolicy | CertificatePolicy;

/** Signatures of one key. */
export interface KeyPolicy {
  readonly kind: 'key';
  /** PEM. */
  readonly publicKey: string;
}

/** Keyless signatures of one identity. */
export interface CertificatePolicy {
  readonly kind: 'certificate';
  /** The certificate's subject alternative name; a "*" at its end stands for any text. */
  readonly identity: string;
  /** Issuer of the identity token. */
  readonly issuer: string;
  /** JSON with the keys of Fulcio and Rekor (sigstore protobuf-specs, TrustedRoot). */
  readonly trustedRoot: string;
}

/** Returns whether an identity is one that a policy asks for. */
export function isIdentity({ identity }: Pick<CertificatePolicy, 'identity'>, found: string): boolean {
  return identity.endsWith('*') ? found.startsWith(identity.slice(0, -1)) : found === identity;
}

/** Describes who is trusted. */
export function policyText(policy: TrustPolicy): string {
  return policy.kind === 'key' ? 'the given key' : `${policy.identity} (${policy.issuer})`;
}
