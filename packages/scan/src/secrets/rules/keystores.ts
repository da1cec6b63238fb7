import type { SecretRule } from './rule';

/** Object identifiers of bags with keys: 1.2.840.113549.1.12.10.1.1 and .2 (RFC 7292, appendix D). */
const KEY_BAG = /\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01[\x01\x02]/;

const TRUSTED_CERTIFICATE = 2;

/** Files with keys and certificates; those with certificates alone, such as Java's `cacerts`, are not secret. */
export const KEYSTORE_RULES: readonly SecretRule[] = [
  {
    id: 'key-store',
    title: 'a PKCS #12 file with a key',
    severity: 'critical',
    // SEQUENCE { INTEGER 3, SEQUENCE (RFC 7292, section 4)
    pattern: /^\x30(?:\x80|\x82[^]{2}|\x83[^]{3}|\x84[^]{4})\x02\x01\x03\x30/,
    secret: ({ input = '' }) => (KEY_BAG.test(input) ? input : undefined),
  },
  {
    id: 'key-store',
    title: 'a Java key store with a key',
    severity: 'critical',
    // JKS and JCEKS, version 1 or 2 (OpenJDK, sun.security.provider.JavaKeyStore)
    pattern: /^(?:\xfe\xed\xfe\xed|\xce\xce\xce\xce)\x00\x00\x00[\x01\x02]/,
    secret: ({ input = '' }) => (hasKeyEntry(Buffer.from(input, 'latin1')) ? input : undefined),
  },
];

/** Reads the entries of a JKS: tag, alias, date, then for certificates their type and bytes. */
function hasKeyEntry(store: Buffer): boolean {
  let at = 12;
  for (let left = uint32(store, 8); left > 0 && at + 4 <= store.length; left--) {
    if (uint32(store, at) !== TRUSTED_CERTIFICATE) return true;
    at = afterText(store, at + 4) + 8;
    at = afterText(store, at);
    at += 4 + uint32(store, at);
  }
  return false;
}

function afterText(store: Buffer, at: number): number {
  return at + 2 + (at + 2 <= store.length ? store.readUInt16BE(at) : 0);
}

function uint32(store: Buffer, at: number): number {
  return at + 4 <= store.length ? store.readUInt32BE(at) : 0;
}
