import type { PrivateKey } from 'openpgp';

/** A key pair that signs fixture archives. */
export interface SigningKey {
  readonly privateKey: PrivateKey;
  /** ASCII-armoured. */
  readonly publicKey: string;
}

/** Older than any fixture archive's date. */
const CREATED = new Date('2020-01-01T00:00:00Z');

/** `trusted` is the archive's own, `stranger` an unknown one, `expired` was valid until 2020-01-02. */
export type KeyName = 'trusted' | 'stranger' | 'expired';

const ONE_DAY = 86_400;

const made = new Map<string, Promise<SigningKey>>();

/** Returns the key of that name, made once a process. */
export function signingKey(name: KeyName): Promise<SigningKey> {
  const known = made.get(name) ?? makeKey(name);
  made.set(name, known);
  return known;
}

async function makeKey(name: KeyName): Promise<SigningKey> {
  const { generateKey } = await import('openpgp');
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name: `Fixture archive (${name})`, email: `${name}@archive.invalid` }],
    date: CREATED,
    ...(name === 'expired' && { keyExpirationTime: ONE_DAY }),
    format: 'object',
  });
  return { privateKey, publicKey: publicKey.armor() };
}

/** Returns the text, clear-signed by the keys (RFC 9580 section 7). */
export async function clearSign(text: string, keys: readonly SigningKey[], date: Date): Promise<string> {
  const { createCleartextMessage, sign } = await import('openpgp');
  const message = await createCleartextMessage({ text });
  return sign({ message, signingKeys: keys.map(({ privateKey }) => privateKey), date });
}
