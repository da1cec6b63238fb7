import { hexOf, type Digest } from '@image-tooling/model';

/**
 * Returns a key that says what the bytes of its object are, so that writing it again changes nothing: of a tool's layer in
 * a remote cache. Nx's own keys are digits, so neither is taken for the other.
 */
export function contentKey(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}

/** Returns the sha256 that a key says, in hexadecimal digits; undefined for keys of another form. */
export function sha256OfContentKey(key: string): string | undefined {
  return /^sha256-([0-9a-f]{64})$/.exec(key)?.[1];
}
