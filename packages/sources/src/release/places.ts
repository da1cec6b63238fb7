/** Prefixes of addresses, and the mirrors that replace them. */
export type Mirrors = Readonly<Record<string, string>>;

/**
 * Returns the addresses of a vendor's file: each mirror with a matching prefix, longest prefix first, then
 * the vendor's own address. The lock's checksum is checked for all.
 */
export function releasePlaces(url: string, mirrors: Mirrors): string[] {
  const fitting = Object.entries(mirrors)
    .filter(([beginning]) => url.startsWith(beginning))
    .sort(([a], [b]) => b.length - a.length);
  return [...new Set([...fitting.map(([beginning, instead]) => instead + url.slice(beginning.length)), url])];
}
