import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Expected } from '../src/entry/check';
import { headerBytes, type EntryFields } from '../src/entry/header';
import { signedHeader, type EntrySigner } from '../src/entry/sign';
import { keyIdOf } from '../src/keys/key-id';

export const NOW = Date.parse('2026-11-29T12:00:00.000Z');
export const HASH = '12345678901234567890';
export const REPOSITORY = 'https://example.invalid/images';
export const DAY_MS = 86_400_000;

export function newSigner(name = 'ci'): EntrySigner & { readonly publicKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: privateKey, publicKey, keyId: keyIdOf(publicKey), name };
}

export function expectedWith(
  ...signers: readonly { readonly keyId: string; readonly publicKey: KeyObject }[]
): Expected {
  const trusted = new Map(signers.map(({ keyId, publicKey }) => [keyId, publicKey]));
  return { hash: HASH, repository: REPOSITORY, trusted, maxAgeMs: 90 * DAY_MS, now: NOW };
}

/** Returns the fields of a good entry with this payload. */
export function fieldsFor(
  payload: Buffer,
  changes: Partial<EntryFields> = {},
): Omit<EntryFields, 'keyId' | 'writer'> {
  return {
    hash: HASH,
    repository: REPOSITORY,
    seconds: 12,
    sha256: createHash('sha256').update(payload).digest('hex'),
    size: payload.length,
    time: new Date(NOW - DAY_MS).toISOString(),
    ...changes,
  };
}

/** Returns an entry, good but for the changes, which are signed. */
export function entryOf(payload: Buffer, signer: EntrySigner, changes: Partial<EntryFields> = {}): Buffer {
  return Buffer.concat([headerBytes(signedHeader(fieldsFor(payload, changes), signer)), payload]);
}
