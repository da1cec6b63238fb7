import { sign, type KeyObject } from 'node:crypto';
import { ok, type Result } from '@image-tooling/model';
import type { Signer } from '@sigstore/sign';
import { ANNOTATIONS } from '../simple-signing/payload';
import { signedBundle } from './bundle';
import { fingerprint, hashFor, publicPem, readPrivateKey } from './key-file';
import type { ImageSigner, KeySettings } from './signer';

/** Opens a signer with a key of its own, without a transparency log. Fails with `signing-failed`. */
export function keySigner({ privateKey, passphrase, from }: KeySettings): Result<ImageSigner> {
  const key = readPrivateKey(privateKey, passphrase, from);
  if (!key.ok) return key;
  const publicKey = publicPem(key.value);
  const signer = withKey(key.value, publicKey);
  return ok({
    policy: { kind: 'key', publicKey },
    name: `key ${fingerprint(publicKey)}`,
    signStatement: (statement) => signedBundle(statement, signer),
    signPayload: async (payload) =>
      ok({ [ANNOTATIONS.signature]: signed(key.value, payload).toString('base64') }),
  });
}

/** Has no hint: cosign refuses an envelope with a key id ("accepted signatures do not match threshold"). */
function withKey(key: KeyObject, publicKey: string): Signer {
  return {
    sign: async (data) => ({ signature: signed(key, data), key: { $case: 'publicKey', publicKey } }),
  };
}

function signed(key: KeyObject, data: Uint8Array): Buffer {
  return sign(hashFor(key), data, key);
}
