import { sign, type KeyObject } from 'node:crypto';
import { signedBytes, type EntryFields, type EntryHeader } from './header';

/** Signs entries. */
export interface EntrySigner {
  /** Ed25519 private key. Never printed. */
  readonly key: KeyObject;
  /** sha256 of its public key (SPKI). */
  readonly keyId: string;
  /** Name of its public key in trust/cache. */
  readonly name: string;
}

/** Returns the header of an entry. */
export function signedHeader(
  fields: Omit<EntryFields, 'keyId' | 'writer'>,
  { key, keyId, name }: EntrySigner,
): EntryHeader {
  const all = { ...fields, keyId, writer: name };
  return { ...all, signature: sign(null, signedBytes(all), key).toString('base64') };
}
