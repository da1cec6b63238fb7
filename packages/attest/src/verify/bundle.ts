import { ok, type Result } from '@image-tooling/model';
import type { Bundle, BundleWithDsseEnvelope } from '@sigstore/bundle';
import type { Signer, TrustMaterial, VerifierOptions } from '@sigstore/verify';
import { invalid } from './checks';

/** Reads a bundle with an envelope. Fails with `signature-invalid`. */
export async function readBundle(json: unknown): Promise<Result<BundleWithDsseEnvelope>> {
  const { bundleFromJSON, isBundleWithDsseEnvelope } = await import('@sigstore/bundle');
  try {
    const bundle = bundleFromJSON(json);
    return isBundleWithDsseEnvelope(bundle) ? ok(bundle) : invalid('the bundle has no envelope');
  } catch {
    // The library throws many kinds of errors on bytes that are not a bundle.
    return invalid('the bundle is damaged, or of an unknown version');
  }
}

export interface EntityChecks {
  readonly trust: TrustMaterial;
  readonly thresholds: VerifierOptions;
  /** Whether entries of the transparency log are checked. */
  readonly withLog: boolean;
  /** What a message signature is about. */
  readonly artifact?: Buffer;
}

/** Verifies signature, certificate and log entries of a bundle. Fails with `signature-invalid`. */
export async function verifyEntity(
  bundle: Bundle,
  { trust, thresholds, withLog, artifact }: EntityChecks,
): Promise<Result<Signer>> {
  const { toSignedEntity, Verifier } = await import('@sigstore/verify');
  try {
    const entity = toSignedEntity(bundle, artifact);
    const checked = withLog ? entity : { ...entity, tlogEntries: [], timestamps: [] };
    return ok(new Verifier(trust, thresholds).verify(checked));
  } catch (error) {
    return invalid(WORDS[String((error as { readonly code?: unknown }).code)] ?? 'it is damaged');
  }
}

/** Codes of @sigstore/verify's VerificationError. */
const WORDS: Readonly<Record<string, string>> = {
  CERTIFICATE_ERROR: 'its certificate is not by a trusted authority',
  PUBLIC_KEY_ERROR: 'its key is not trusted',
  SIGNATURE_ERROR: 'the signature does not match the content',
  TIMESTAMP_ERROR: 'it has no trusted time',
  TLOG_ERROR: 'it is not in the transparency log',
  TLOG_BODY_ERROR: 'its entry in the transparency log is about something else',
  TLOG_INCLUSION_PROOF_ERROR: 'the proof that it is in the transparency log is wrong',
  TLOG_INCLUSION_PROMISE_ERROR: 'the promise of the transparency log is wrong',
  TLOG_MISSING_INCLUSION_ERROR: 'it has no proof that it is in the transparency log',
};
