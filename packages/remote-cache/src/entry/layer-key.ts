import { hexOf, type Digest } from '@image-tooling/model';

/** Returns the key of a layer in a cache. Nx's own keys are digits, so neither is taken for the other. */
export function layerKey(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}

/** Whether a key is that of a layer: it says what the bytes are, so writing it again changes nothing. */
export function isLayerKey(key: string): boolean {
  return /^sha256-[0-9a-f]{64}$/.test(key);
}
