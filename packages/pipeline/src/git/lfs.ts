/** Bytes (git-lfs, docs/spec.md, "The Pointer": less than 1024). */
export const LONGEST_POINTER = 1024;

const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n/;

/** Returns the sha256 in a Git LFS pointer; undefined for other texts. */
export function pointerOid(text: string): string | undefined {
  return POINTER.exec(text)?.[1];
}
