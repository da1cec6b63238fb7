import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** Returns a key's id: the sha256 of its public part (SPKI, DER), in hexadecimal digits. */
export function keyIdOf(key: KeyObject): string {
  const der = (key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}

/** Returns whether a key is of the one kind that signs entries. */
export function isEd25519(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ed25519';
}
