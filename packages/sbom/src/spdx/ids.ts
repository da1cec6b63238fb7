import { createHash } from 'node:crypto';

/** Returns the identifier of a component (SPDX 2.3, 3.2: letters, digits, "." and "-"), unique by a hash. */
export function spdxId(ref: string): string {
  const plain = ref.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 80);
  const hash = createHash('sha256').update(ref).digest('hex').slice(0, 12);
  return `SPDXRef-${plain}-${hash}`;
}
