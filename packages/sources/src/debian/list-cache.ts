import { readFile } from 'node:fs/promises';
import { digestOf, type Digest, type Result } from '@image-tooling/model';

/** The part of the store that keeps package lists from one run to the next. */
export interface ListCache {
  /** Returns the path of the blob, which may not exist. */
  blobPath(digest: Digest): string;
  /** Returns whether the blob exists, and marks it as used. */
  hasBlob(digest: Digest): Promise<boolean> | boolean;
  putBlobFromBytes(bytes: Uint8Array, digest: Digest): Promise<Result<unknown>>;
}

/** Returns the list with this hash, or undefined if the cache does not have it, or has it damaged. */
export async function keptList(cache: ListCache, sha256: string): Promise<Buffer | undefined> {
  const digest: Digest = `sha256:${sha256}`;
  if (!(await cache.hasBlob(digest))) return undefined;
  const bytes = await readFile(cache.blobPath(digest)).catch(() => undefined);
  return bytes && digestOf(bytes) === digest ? bytes : undefined;
}

/** Keeps a list. Fails as the cache does: `disk-full`, `io`. */
export function keepList(cache: ListCache, bytes: Uint8Array): Promise<Result<unknown>> {
  return cache.putBlobFromBytes(bytes, digestOf(bytes));
}
