import { createHash } from 'node:crypto';

/** `sha256:` and 64 lower-case hexadecimal digits (OCI image specification, descriptor, "Digests"). */
export type Digest = `sha256:${string}`;

const PATTERN = /^sha256:[0-9a-f]{64}$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && PATTERN.test(value);
}

/** Returns the hexadecimal part of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** Returns a short digest for display: 12 hexadecimal digits. */
export function shortHex(digest: Digest): string {
  return hexOf(digest).slice(0, 12);
}

/** Returns the digest of bytes, or of a text's UTF-8 form. */
export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
