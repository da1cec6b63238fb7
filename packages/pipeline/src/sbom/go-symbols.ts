import type { Digest } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import { layerSymbolsOf } from '@image-tooling/sbom';

/**
 * Returns the functions that are linked into each Go program of a tool's layer, as Go's vulnerability database names
 * them ("golang.org/x/net/http2.Transport.RoundTrip"). Undefined if the store has no record of the layer; a program
 * whose table of functions can't be read is missing: nothing is known of it.
 */
export async function goSymbols(
  store: Store,
  diffId: Digest,
): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
  const programs = layerSymbolsOf(await store.getFact('symbols', diffId));
  return programs && new Map(Object.entries(programs).map(([path, packages]) => [path, named(packages)]));
}

function named(packages: Readonly<Record<string, readonly string[]>>): ReadonlySet<string> {
  const symbols = Object.entries(packages).flatMap(([path, names]) => names.map((name) => `${path}.${name}`));
  return new Set(symbols);
}
