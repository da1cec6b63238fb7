import type { Sample } from './sample';
import { base64, ENCRYPTED, LEGACY, LONG, PKCS8, PUBLIC, random, SEC1, WRAPPED } from './values';

/** Returns a PEM block of bytes. */
function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

const bodyOf = (key: string): string => key.split('\n').slice(1, -2).join('\n');
const OPENSSH = pem('OPENSSH PRIVATE KEY', Buffer.from(`openssh-key-v1\0${random(300)}`));
const PGP = pem('PGP PRIVATE KEY BLOCK', Buffer.from([0x95, 0x03, ...Buffer.from(random(3000))]));
const PUBLIC_PGP = pem('PGP PRIVATE KEY BLOCK', Buffer.from([0x99, 0x03, ...Buffer.from(random(3000))]));

const KEY_BAG = '060b2a864886f70d010c0a0102';
const CERTIFICATE_BAG = '060b2a864886f70d010c0a0103';
const pkcs12 = (bag: string): Buffer =>
  Buffer.concat([
    Buffer.from('30820400020103308203', 'hex'),
    Buffer.from(random(90)),
    Buffer.from(bag, 'hex'),
  ]);

/** A Java key store of one trusted certificate, and an entry of the other kind if asked. */
function javaStore(more: Buffer): Buffer {
  const start = Buffer.from('feedfeed0000000200000002' + '00000002' + '000161' + '0000000000000000', 'hex');
  const certificate = Buffer.from('0005582e353039' + '00000004' + 'aabbccdd', 'hex');
  return Buffer.concat([start, certificate, more]);
}

export const KEYS: readonly Sample[] = [
  {
    rule: 'private-key',
    path: 'etc/ssl/private/a.pem',
    content: `some text\n${PKCS8}`,
    secret: bodyOf(PKCS8),
    without: {
      'a public key': ['etc/a.pem', PUBLIC],
      'a certificate that a manual calls a key': [
        'a.pem',
        pem('RSA PRIVATE KEY', Buffer.from('3008300602010a020101aaaa', 'hex')),
      ],
      'a key without its end': ['a.pem', PKCS8.slice(0, 80)],
      'a header alone': ['a.go', 'pem.Type == "-----BEGIN PRIVATE KEY-----"'],
      'a header and words': [
        'a.md',
        '-----BEGIN PRIVATE KEY-----\n...your key here...\n-----END PRIVATE KEY-----',
      ],
    },
  },
  { rule: 'private-key', path: 'k', content: SEC1, secret: bodyOf(SEC1), without: {} },
  { rule: 'private-key', path: 'k', content: ENCRYPTED, secret: bodyOf(ENCRYPTED), without: {} },
  { rule: 'private-key', path: 'k', content: LEGACY, secret: LEGACY.split('\n')[4]!, without: {} },
  { rule: 'private-key', path: 'root/.ssh/id', content: OPENSSH, secret: bodyOf(OPENSSH), without: {} },
  {
    rule: 'private-key',
    path: 'k.asc',
    content: PGP,
    secret: bodyOf(PGP),
    without: { 'a public key': ['k.asc', PUBLIC_PGP] },
  },
  {
    rule: 'private-key',
    path: 'a.json',
    content: JSON.stringify({ key: SEC1 }),
    secret: bodyOf(SEC1).slice(0, 50),
    without: {},
  },
  {
    rule: 'private-key',
    path: 'secret.yaml',
    content: `tls.key: ${WRAPPED}`,
    secret: WRAPPED,
    without: { 'a certificate': ['s.yaml', `tls.crt: ${base64(PUBLIC)}`] },
  },
  {
    rule: 'private-key',
    path: 'a.ppk',
    content: `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\n${LONG}\n`,
    secret: LONG,
    without: {},
  },
  {
    rule: 'private-key',
    path: 'wg0.conf',
    content: `[Interface]\nPrivateKey = ${LONG}abE=\n`,
    secret: LONG,
    without: { 'no value': ['wg0.conf', 'PrivateKey = <key>\n'] },
  },
  {
    rule: 'private-key',
    path: 'age.txt',
    content: `AGE-SECRET-KEY-1${'QPZRY9X8GF'.repeat(6).slice(0, 58)}`,
    secret: 'QPZRY9X8GF',
    without: {},
  },
  {
    rule: 'private-key',
    path: `root/.gnupg/private-keys-v1.d/${'0123456789'.repeat(4)}.key`,
    content: `(11:private-key(3:ecc(1:q33:${LONG}`,
    secret: LONG,
    without: {
      'a key on a card': [
        `r/private-keys-v1.d/${'0123456789'.repeat(4)}.key`,
        '(20:shadowed-private-key(3:ecc',
      ],
    },
  },
  {
    rule: 'ssh-host-key',
    path: 'etc/ssh/ssh_host_ed25519_key',
    content: OPENSSH,
    secret: bodyOf(OPENSSH),
    without: { 'its public part': ['etc/ssh/ssh_host_ed25519_key.pub', 'ssh-ed25519 AAAAC3Nz'] },
  },
  {
    rule: 'key-store',
    path: 'a.p12',
    content: pkcs12(KEY_BAG),
    secret: '',
    without: { 'certificates alone': ['a.p12', pkcs12(CERTIFICATE_BAG)] },
  },
  {
    rule: 'key-store',
    path: 'a.jks',
    content: javaStore(Buffer.from('00000001000162', 'hex')),
    secret: '',
    without: {
      'certificates alone': ['a.jks', javaStore(Buffer.from('00000002000162', 'hex'))],
      'a store that is cut off': ['a.jks', javaStore(Buffer.alloc(0)).subarray(0, 14)],
    },
  },
  {
    rule: 'gcp-service-account',
    path: 'key.json',
    content: JSON.stringify({ type: 'service_account', private_key: PKCS8, client_email: 'a@b.example' }),
    secret: bodyOf(PKCS8).slice(0, 50),
    without: {
      'no key': ['key.json', '{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\n…"}'],
    },
  },
];
