import { fail, type Result } from '@image-tooling/model';
import type { SignatureAnnotations } from '../simple-signing/payload';

/** An envelope whose signature was verified. */
export interface VerifiedEnvelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signer: string;
}

/** The checks of one kind of policy. They fail with `unsigned` or `signature-invalid`. */
export interface SignatureChecks {
  envelope(bundle: unknown): Promise<Result<VerifiedEnvelope>>;
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
