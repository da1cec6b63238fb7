import { verify, type KeyObject } from 'node:crypto';
import { ok, type Result } from '@image-tooling/model';
import type { BundleWithDsseEnvelope } from '@sigstore/bundle';
import { fingerprint, hashFor, readPublicKey } from '../sign/key-file';
import type { KeyPolicy } from '../policy';
import { ANNOTATIONS, type SignatureAnnotations } from '../simple-signing/payload';
import { verifyEntity } from './bundle';
import { otherSigner, type SignatureChecks } from './checks';

/** Returns the checks of signatures with one key. Entries of a transparency log are not needed, and not read. */
export function keyChecks({ publicKey }: KeyPolicy): Result<SignatureChecks> {
  const key = readPublicKey(publicKey, 'The given key');
  if (!key.ok) return key;
  const signer = `key ${fingerprint(publicKey)}`;
  return ok({
    bundle: (bundle) => verifiedBundle(bundle, key.value, signer),
    async payload(payload, annotations) {
      return isSigned(payload, annotations, key.value) ? ok(signer) : notByKey(signer);
    },
  });
}

async function verifiedBundle(
  bundle: BundleWithDsseEnvelope,
  key: KeyObject,
  signer: string,
): Promise<Result<string>> {
  if (bundle.verificationMaterial.content.$case !== 'publicKey') return notByKey(signer);
  const trust = {
    ...{ certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] },
    publicKey: () => ({ publicKey: key, validFor: () => true }),
  };
  const thresholds = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
  const checked = await verifyEntity(bundle, { trust, thresholds, withLog: false });
  return checked.ok ? ok(signer) : notByKey(signer);
}

function isSigned(payload: Buffer, annotations: SignatureAnnotations, key: KeyObject): boolean {
  const signature = Buffer.from(annotations[ANNOTATIONS.signature] ?? '', 'base64');
  return verify(hashFor(key), payload, key, signature);
}

function notByKey(signer: string): Result<never> {
  return otherSigner(`The signature is not by the ${signer}, or was altered.`);
}
