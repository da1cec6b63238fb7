import { isExampleToken } from './placeholders';
import { isCiphertext, isPgpSecretKey, isPrivateKey } from './private-key-der';
import { around, matchedSecret, unless, type SecretRule } from './rule';

/** An RSA key of 16,384 bits has 12,600 characters; longer OpenPGP blocks are judged by their first packet. */
const LONGEST_BODY = 24_000;

/** The label of a PKCS #8 key is empty. */
const PEM = /-----BEGIN (?<label>(?:[A-Z0-9]{1,16} ){0,3})PRIVATE KEY(?<block> BLOCK)?-----/g;

/** Keys of programs, servers and people. A key counts only if its bytes have the structure of one. */
export const PRIVATE_KEY_RULES: readonly SecretRule[] = [
  {
    id: 'gcp-service-account',
    title: 'the key of a Google service account',
    severity: 'critical',
    keywords: ['"private_key"'],
    pattern: /"private_key"\s{0,9}:\s{0,9}"(?<secret>-----BEGIN PRIVATE KEY-----)/g,
    secret: (match) => (around(match, 4000).includes('"service_account"') ? pemKey(match) : undefined),
    random: true,
  },
  {
    id: 'kubeconfig',
    title: 'a kubeconfig with a client key',
    severity: 'critical',
    // Not all of "client", which is in many names.
    keywords: ['nt-key-data'],
    pattern: /client-key-data"?\s{0,9}:\s{0,9}["']?(?<secret>[A-Za-z0-9+/]{60,32000}={0,2})/g,
    secret: encodedPem,
    random: true,
  },
  {
    id: 'ssh-host-key',
    title: 'the host key of an SSH server',
    severity: 'critical',
    files: /(?:^|\/)ssh_host_[a-z0-9]{1,20}_key$/,
    pattern: PEM,
    secret: pemKey,
    random: true,
  },
  {
    id: 'private-key',
    title: 'a private key',
    severity: 'critical',
    keywords: ['PRIVATE KEY'],
    pattern: PEM,
    secret: pemKey,
    random: true,
  },
  {
    id: 'private-key',
    title: 'a private key in base64',
    severity: 'critical',
    // "-----BEGIN " in base64
    keywords: ['LS0tLS1CRUdJTi'],
    pattern: /LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,32000}={0,2}/g,
    secret: encodedPem,
    random: true,
  },
  {
    id: 'private-key',
    title: 'a private key of PuTTY',
    severity: 'critical',
    keywords: ['PuTTY-User-Key-File-'],
    pattern:
      /PuTTY-User-Key-File-\d: [\s\S]{0,4000}?Private-Lines: \d{1,3}\r?\n(?<secret>[A-Za-z0-9+/=]{20,64})/g,
    random: true,
  },
  {
    id: 'private-key',
    title: 'a private key of GnuPG',
    severity: 'critical',
    files: /(?:^|\/)private-keys-v1\.d\/[0-9A-F]{40}\.key$/,
    pattern: /(?<![a-z-])(?:protected-)?private-key/g,
  },
  {
    id: 'private-key',
    title: 'a private key of age',
    severity: 'critical',
    keywords: ['AGE-SECRET-KEY-1'],
    // Bech32 (BIP 173): no 1, B, I, O
    pattern: /AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/g,
    random: true,
  },
  {
    id: 'private-key',
    title: 'a private key of WireGuard',
    severity: 'critical',
    keywords: ['PrivateKey'],
    textOnly: true,
    pattern: /^[ \t]{0,9}PrivateKey[ \t]{0,9}=[ \t]{0,9}(?<secret>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)/gm,
    secret: unless(isExampleToken),
    random: true,
  },
];

function pemKey(match: RegExpMatchArray): string | undefined {
  const { index = 0, input = '' } = match;
  const label = match.groups?.['label'] ?? '';
  const start = index + match[0].length;
  const end = input.indexOf('-----', start);
  const body = input.slice(start, end < 0 ? undefined : end);
  if (label === 'PGP ') return pgpKey(body);
  const isComplete = input.startsWith('-----END', end) && body.length <= LONGEST_BODY;
  return isComplete && isKeyBody(label, body) ? body : undefined;
}

/** A block with many signatures is long: its first lines are enough. */
function pgpKey(body: string): string | undefined {
  const lines = body.slice(0, 4000);
  return isPgpSecretKey(decoded(lines.slice(0, lines.lastIndexOf('\n')))) ? body : undefined;
}

function isKeyBody(label: string, body: string): boolean {
  const bytes = decoded(body);
  return /Proc-Type: ?4,ENCRYPTED/.test(body) ? isCiphertext(bytes) : isPrivateKey(label, bytes);
}

/** Returns the bytes of a PEM body without its headers; none if it is not base64. Accepts line ends as in JSON: `\n`. */
function decoded(body: string): Buffer {
  const lines = body.split(/\\r\\n|\\n|\r?\n/).map((line) => line.trim());
  // The checksum of OpenPGP begins with "=" (RFC 9580, section 6.1).
  const base64 = lines.filter((line) => !line.includes(':') && !line.startsWith('=')).join('');
  return /^[A-Za-z0-9+/]{40,}={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
}

function encodedPem(match: RegExpMatchArray): string | undefined {
  const secret = matchedSecret(match);
  const text = Buffer.from(secret, 'base64').toString('latin1');
  return [...text.matchAll(PEM)].some(pemKey) ? secret : undefined;
}
