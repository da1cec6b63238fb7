import { createHash, generateKeyPairSync } from 'node:crypto';

let made = 0;

/** Returns letters and digits that look random and are the same in each run. */
export function random(length: number, alphabet = /[^A-Za-z0-9]/g): string {
  let text = '';
  while (text.length < length)
    text += createHash('sha512').update(String(made++)).digest('base64').replace(alphabet, '');
  return text.slice(0, length);
}

export const hex = (length: number): string => random(length, /[^a-f0-9]/g);
export const base64 = (text: string): string => Buffer.from(text).toString('base64');

const ed25519 = generateKeyPairSync('ed25519').privateKey;
export const PKCS8 = ed25519.export({ format: 'pem', type: 'pkcs8' }).toString();
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const SEC1 = EC.privateKey.export({ format: 'pem', type: 'sec1' }).toString();
export const ENCRYPTED = EC.privateKey
  .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'x' })
  .toString();
export const LEGACY = EC.privateKey
  .export({ format: 'pem', type: 'sec1', cipher: 'aes-128-cbc', passphrase: 'x' })
  .toString();
export const PUBLIC = EC.publicKey.export({ format: 'pem', type: 'spki' }).toString();

export const PASSWORD = `${random(9)}7`;
export const LONG = random(40);
export const GITHUB = random(36);
export const WRAPPED = base64(SEC1);
