const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OBJECT_ID = 0x06;

/** Fewer different bytes than this can't be the ciphertext of a key: 100 random bytes have about 80. */
const FEWEST_BYTES_OF_CIPHERTEXT = 24;

/**
 * Returns whether the bytes of a PEM block can be a private key. Certificates and invented bytes of manuals are not.
 *
 * @param label "RSA ", "OPENSSH ", "ENCRYPTED ", or empty: the words before "PRIVATE KEY" (RFC 7468, RFC 5915)
 */
export function isPrivateKey(label: string, bytes: Buffer): boolean {
  // PROTOCOL.key of OpenSSH: "openssh-key-v1" and a zero byte.
  if (label === 'OPENSSH ') return bytes.subarray(0, 15).equals(Buffer.from('openssh-key-v1\0'));
  return isKeySequence(bytes);
}

/** Returns whether bytes can be a key that is encrypted as RFC 1421 does: "Proc-Type: 4,ENCRYPTED". */
export function isCiphertext(bytes: Buffer): boolean {
  return bytes.length >= 32 && bytes.length % 8 === 0 && new Set(bytes).size >= FEWEST_BYTES_OF_CIPHERTEXT;
}

/** Returns whether bytes begin with a secret key packet of OpenPGP (RFC 9580, sections 4.2 and 5.5.1.3: tag 5). */
export function isPgpSecretKey(bytes: Buffer): boolean {
  const [header = 0] = bytes;
  const tag = (header & 0x40) !== 0 ? header & 0x3f : (header & 0x3c) >> 2;
  return bytes.length > 64 && (header & 0x80) !== 0 && tag === 5;
}

/** PKCS #1, SEC 1 and PKCS #8 begin with a version; an encrypted PKCS #8 with the identifier of its algorithm. */
function isKeySequence(bytes: Buffer): boolean {
  const outer = contentOf(bytes);
  if (outer?.rest !== 0) return false;
  const [first, length, version = 2] = outer.content;
  if (first === INTEGER) return length === 1 && version <= 1;
  const inner = contentOf(outer.content);
  return inner?.content[0] === OBJECT_ID && inner.rest > 0;
}

interface Contents {
  readonly content: Buffer;
  /** Bytes that follow. */
  readonly rest: number;
}

/** Returns the content of a DER sequence (X.690, 8.1.3); undefined if it is not one, or cut off. */
function contentOf(bytes: Buffer): Contents | undefined {
  const [tag, first = 0] = bytes;
  if (tag !== SEQUENCE) return undefined;
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 4 || bytes.length < 2 + more) return undefined;
  const length = more === 0 ? first : bytes.readUIntBE(2, more);
  const end = 2 + more + length;
  return end > bytes.length
    ? undefined
    : { content: bytes.subarray(2 + more, end), rest: bytes.length - end };
}
