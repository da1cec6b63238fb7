import { ok, type Digest, type Result } from '@image-tooling/model';
import type { TrustPolicy } from '../policy';
import { payloadSubject, type SignatureAnnotations } from '../simple-signing/payload';
import { isAbout, parseStatement, PAYLOAD_TYPE, type Statement } from '../statement/statement';
import { readBundle } from './bundle';
import { certificateChecks } from './certificate-checks';
import { invalid, type SignatureChecks } from './checks';
import { keyChecks } from './key-checks';

/** A statement whose signature was verified. */
export interface VerifiedStatement extends Statement {
  /** The signed bytes. */
  readonly payload: Buffer;
  /** The signer: a key's fingerprint, or the certificate's identity. */
  readonly signer: string;
}

/** Verifies what is attached to images. */
export interface Verifier {
  /** Verifies a bundle about a manifest. Fails with `unsigned` (another signer) or `signature-invalid`. */
  verifyBundle(bundle: Uint8Array, manifest: Digest): Promise<Result<VerifiedStatement>>;
  /** Verifies a payload of a `.sig` tag. Returns who signed. Fails as `verifyBundle` does. */
  verifyPayload(
    payload: Uint8Array,
    annotations: SignatureAnnotations,
    manifest: Digest,
  ): Promise<Result<string>>;
}

/** Opens a verifier for signatures that a policy trusts. Fails with `usage` if the policy can't be used. */
export async function openVerifier(policy: TrustPolicy): Promise<Result<Verifier>> {
  const checks = policy.kind === 'key' ? keyChecks(policy) : await certificateChecks(policy);
  if (!checks.ok) return checks;
  return ok({
    verifyBundle: (bundle, manifest) => verifyBundle(checks.value, bundle, manifest),
    verifyPayload: (payload, annotations, manifest) =>
      payloadSubject(payload) === manifest
        ? checks.value.payload(Buffer.from(payload), annotations)
        : Promise.resolve(invalid('the signature is about another manifest')),
  });
}

async function verifyBundle(
  checks: SignatureChecks,
  bytes: Uint8Array,
  manifest: Digest,
): Promise<Result<VerifiedStatement>> {
  const json = jsonIn(bytes);
  if (json === undefined) return invalid('the bundle is not JSON');
  const bundle = await readBundle(json);
  if (!bundle.ok) return bundle;
  const signer = await checks.bundle(bundle.value);
  if (!signer.ok) return signer;
  const { payloadType, payload } = bundle.value.content.dsseEnvelope;
  const statement = payloadType === PAYLOAD_TYPE ? parseStatement(payload) : undefined;
  if (!statement) return invalid('what was signed is not an in-toto statement');
  if (!isAbout(statement, manifest)) return invalid('the statement is about another manifest');
  return ok({ ...statement, payload, signer: signer.value });
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
