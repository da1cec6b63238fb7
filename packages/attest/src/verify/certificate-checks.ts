import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '@image-tooling/model';
import type { BundleWithDsseEnvelope } from '@sigstore/bundle';
import type { Signer, TrustMaterial } from '@sigstore/verify';
import { isIdentity, type CertificatePolicy } from '../policy';
import { bundleOfAnnotations } from '../simple-signing/keyless';
import type { SignatureAnnotations } from '../simple-signing/payload';
import { verifyEntity } from './bundle';
import { invalid, otherSigner, type SignatureChecks } from './checks';

/** Returns the checks of keyless signatures. Fails with `usage` if the trusted root can't be read. */
export async function certificateChecks(policy: CertificatePolicy): Promise<Result<SignatureChecks>> {
  const trust = await trustIn(policy.trustedRoot);
  if (!trust.ok) return trust;
  return ok({
    bundle: (bundle) => verifiedBundle(bundle, trust.value, policy),
    payload: (payload, annotations) => verifiedPayload(payload, annotations, trust.value, policy),
  });
}

async function trustIn(trustedRoot: string): Promise<Result<TrustMaterial>> {
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  const { toTrustMaterial } = await import('@sigstore/verify');
  try {
    return ok(toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(trustedRoot))));
  } catch {
    return fail({
      code: 'usage',
      message: 'The trusted root is not a file with the keys of Fulcio and Rekor.',
      hint: 'Make one: cosign trusted-root create --help',
    });
  }
}

async function verifiedBundle(
  bundle: BundleWithDsseEnvelope,
  trust: TrustMaterial,
  policy: CertificatePolicy,
): Promise<Result<string>> {
  if (bundle.verificationMaterial.content.$case === 'publicKey')
    return otherSigner('It is signed with a key, not with a certificate.');
  const checked = await verifyEntity(bundle, { trust, thresholds: {}, withLog: true });
  return checked.ok ? signerOf(checked.value, policy) : checked;
}

async function verifiedPayload(
  payload: Buffer,
  annotations: SignatureAnnotations,
  trust: TrustMaterial,
  policy: CertificatePolicy,
): Promise<Result<string>> {
  const json = bundleOfAnnotations(createHash('sha256').update(payload).digest(), annotations);
  if (!json) return otherSigner('It is not signed with a certificate.');
  const { bundleFromJSON } = await import('@sigstore/bundle');
  try {
    const bundle = bundleFromJSON(json);
    const checked = await verifyEntity(bundle, { trust, thresholds: {}, withLog: true, artifact: payload });
    return checked.ok ? signerOf(checked.value, policy) : checked;
  } catch {
    return invalid('its annotations are damaged');
  }
}

/** Compares exactly: the library would take the identity for a regular expression. */
function signerOf({ identity }: Signer, policy: CertificatePolicy): Result<string> {
  const name = identity?.subjectAlternativeName ?? '';
  const issuer = identity?.extensions?.issuer ?? '';
  if (isIdentity(policy, name) && issuer === policy.issuer) return ok(name);
  return otherSigner(`It is signed by ${name} (${issuer}), not by ${policy.identity} (${policy.issuer}).`);
}
