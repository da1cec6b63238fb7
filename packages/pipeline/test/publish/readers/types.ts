import type { CertificatePolicy } from '@image-tooling/attest';

/** A program that checks signatures as users do. */
export interface Reader {
  readonly name: string;
  /** Checks the signature of an image with a public key. Returns its error output; empty if it accepts the image. */
  readonly image: (reference: string, key: string) => Promise<string>;
  /** Checks the signature of an identity. */
  readonly identity?: (reference: string, policy: CertificatePolicy) => Promise<string>;
  /** Checks an attached statement in the same way; undefined for programs that read none. */
  readonly statement?: (reference: string, key: string, predicateType: string) => Promise<string>;
}
