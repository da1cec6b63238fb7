import { canonicalJson, isDigest, type Digest } from '@image-tooling/model';

/**
 * The folders and files of an archive: an OCI image layout (OCI image-spec 1.1, image-layout.md), and records
 * next to it.
 */
export const BLOBS = 'blobs/sha256/';
export const BUILDS = 'records/builds/';
export const INPUTS = 'records/inputs/';
export const LAYOUT = 'oci-layout';
export const INDEX = 'index.json';

export const LAYOUT_TEXT = canonicalJson({ imageLayoutVersion: '1.0.0' });

/** Returns the meaning of a path in an archive; undefined for an unexpected one. */
export type Part =
  | { readonly kind: 'blob' | 'build' | 'inputs'; readonly digest: Digest }
  | { readonly kind: 'layout' | 'index' };

const NAMED = [
  { kind: 'blob', folder: BLOBS, end: '' },
  { kind: 'build', folder: BUILDS, end: '.json' },
  { kind: 'inputs', folder: INPUTS, end: '.json' },
] as const;

export function partAt(path: string): Part | undefined {
  if (path === LAYOUT) return { kind: 'layout' };
  if (path === INDEX) return { kind: 'index' };
  for (const { kind, folder, end } of NAMED) {
    const digest = `sha256:${path.slice(folder.length, path.length - end.length)}`;
    if (path.startsWith(folder) && path.endsWith(end) && isDigest(digest)) return { kind, digest };
  }
  return undefined;
}

/** Returns whether a folder of an archive is an expected one. */
export function isFolder(path: string): boolean {
  return path === '' || NAMED.some(({ folder }) => folder.startsWith(`${path}/`));
}
