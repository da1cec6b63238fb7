/** Beginnings of addresses, and what stands in their place on a mirror. */
export type Mirrors = Readonly<Record<string, string>>;

/**
 * Where a vendor's file is asked for: on each mirror whose beginning fits, the longest beginning first, and at the
 * vendor's own address last. Whatever a place gives is held to the lock's checksum.
 */
export function releasePlaces(url: string, mirrors: Mirrors): string[] {
  const fitting = Object.entries(mirrors)
    .filter(([beginning]) => url.startsWith(beginning))
    .sort(([a], [b]) => b.length - a.length);
  return [...new Set([...fitting.map(([beginning, instead]) => instead + url.slice(beginning.length)), url])];
}
