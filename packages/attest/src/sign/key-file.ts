import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { digestOf, fail, hexOf, ok, type Result } from '@image-tooling/model';

/** Name of the variable with the passphrase of the private key. */
export const PASSPHRASE_VARIABLE = 'IMAGE_SIGNING_PASSPHRASE';

/** A private key and its public key, as PEM. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes an ECDSA key on P-256, which all verifiers support; encrypted if there is a passphrase. */
export function generateKeyPair(passphrase: string | undefined): KeyPair {
  return pems(generateKeyPairSync('ec', { namedCurve: 'P-256' }), passphrase);
}

/** Makes an Ed25519 key; encrypted if there is a passphrase. */
export function generateEd25519KeyPair(passphrase: string | undefined): KeyPair {
  return pems(generateKeyPairSync('ed25519'), passphrase);
}

function pems({ privateKey, publicKey }: KeyPairKeyObjectResult, passphrase: string | undefined): KeyPair {
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/**
 * Reads a private key in PEM. Fails with `signing-failed` if it is not one, if the passphrase is missing or wrong, or
 * if its kind is not supported. No failure shows the key or the passphrase.
 *
 * @param from the file or variable that it comes from
 */
export function readPrivateKey(pem: string, passphrase: string | undefined, from: string): Result<KeyObject> {
  const isEncrypted = pem.includes('ENCRYPTED');
  if (pem.includes('ENCRYPTED SIGSTORE PRIVATE KEY') || pem.includes('ENCRYPTED COSIGN PRIVATE KEY'))
    return notUsable(from, "it is in cosign's own format", NEW_KEY);
  if (isEncrypted && passphrase === undefined)
    return notUsable(from, 'it is encrypted', `Set ${PASSPHRASE_VARIABLE} to its passphrase.`);
  const key = parsed(pem, passphrase);
  if (key) return isSupported(key) ? ok(key) : notUsable(from, 'its kind is not supported', NEW_KEY);
  return isEncrypted
    ? notUsable(from, 'the passphrase is wrong', `Check ${PASSPHRASE_VARIABLE}.`)
    : notUsable(from, 'it is not a private key in PEM', NEW_KEY);
}

/** Reads a public key in PEM. Fails with `usage`. */
export function readPublicKey(pem: string, from: string): Result<KeyObject> {
  try {
    const key = pem.includes('PRIVATE KEY') ? undefined : createPublicKey(pem);
    if (key && isSupported(key)) return ok(key);
  } catch {
    // The failure below says what is expected.
  }
  return fail({
    code: 'usage',
    message: `${from} is not a public key that signatures can be checked with.`,
    hint: 'Give the file with the public key in PEM (ECDSA P-256 or Ed25519): it begins with "BEGIN PUBLIC KEY".',
  });
}

/** Returns the public key of a private one, as PEM. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/** Returns a key's fingerprint: the sha256 of its SPKI form. */
export function fingerprint(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  return `sha256:${hexOf(digestOf(der)).slice(0, 16)}`;
}

/** Returns the name of the hash for `crypto.sign`: Ed25519 has its own. */
export function hashFor(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

const NEW_KEY =
  'Make a key that is: image-tooling keygen. ECDSA P-256 and Ed25519 in PEM (PKCS #8) are supported.';

function parsed(pem: string, passphrase: string | undefined): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase !== undefined && { passphrase }) });
  } catch {
    return undefined;
  }
}

function isSupported({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  return type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
}

function notUsable(from: string, why: string, hint: string): Result<never> {
  return fail({ code: 'signing-failed', message: `The signing key in ${from} can't be used: ${why}.`, hint });
}
