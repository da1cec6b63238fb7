/** A size as people write it: decimal units (SI), as registries show them. */
export const SIZE = /^([0-9]+(?:\.[0-9]+)?) ?(KB|MB|GB)$/;
export const SIZE_EXPECTED = 'a size with its unit: KB, MB or GB ("400MB")';

const BYTES = { KB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** Parses a size in bytes ("400MB" → 400,000,000); returns undefined if it is invalid. */
export function bytesOf(size: string): number | undefined {
  const match = SIZE.exec(size);
  if (!match) return undefined;
  return Math.round(Number(match[1]) * BYTES[match[2] as keyof typeof BYTES]);
}
