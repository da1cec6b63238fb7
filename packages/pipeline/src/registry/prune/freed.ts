import type { Digest } from '@image-tooling/model';
import type { FoundManifest } from '../found-manifest';

/** Bytes that are no longer needed. */
export interface Freed {
  /** Of the deleted manifests. */
  readonly manifestBytes: number;
  /** Of the blobs that only they need; the registry's next garbage collection frees them. */
  readonly blobBytes: number;
}

/** Returns what deleting some manifests frees, if others stay. */
export function freedBy(going: readonly FoundManifest[], staying: readonly FoundManifest[]): Freed {
  const needed = new Set(staying.flatMap(({ blobs }) => blobs.map(({ digest }) => digest)));
  const blobs = new Map<Digest, number>();
  for (const { digest, size } of going.flatMap((manifest) => manifest.blobs))
    if (!needed.has(digest)) blobs.set(digest, size);
  return { manifestBytes: sumOf(going.map(({ size }) => size)), blobBytes: sumOf([...blobs.values()]) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
