import { fail, type Result } from '@image-tooling/model';
import type { BundleWithDsseEnvelope } from '@sigstore/bundle';
import type { SignatureAnnotations } from '../simple-signing/payload';

/** The checks of one kind of policy. They return the signer, and fail with `unsigned` or `signature-invalid`. */
export interface SignatureChecks {
  bundle(bundle: BundleWithDsseEnvelope): Promise<Result<string>>;
  payload(payload: Buffer, annotations: SignatureAnnotations): Promise<Result<string>>;
}

/** Returns a failure for a signature or statement that is wrong in itself. */
export function invalid(why: string): Result<never> {
  return fail({ code: 'signature-invalid', message: `Invalid attestation: ${why}.` });
}

/** Returns a failure for a signature of somebody else. */
export function otherSigner(message: string): Result<never> {
  return fail({ code: 'unsigned', message });
}
