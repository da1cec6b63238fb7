import { ok, type PathInLayer, type Result } from '@image-tooling/model';
import { displayPath } from '@image-tooling/layer';
import { bringersOf, type Brought } from './bringers';
import { factsOf } from './facts';
import type { Followed } from './follow';
import { seenAt } from './history';
import { indexesOf, layerName, type ExplainableLayer, type PathSearch, type Searched } from './layers';

/** What is known of visible paths, by path (a byte string). */
export type FoundPaths = ReadonlyMap<string, PathInLayer>;

/**
 * Returns the followed links and their targets. Reads each layer at most once. Fails with `store-corrupt`.
 */
export async function foundPaths(
  search: PathSearch,
  { links, path, end }: Followed,
): Promise<Result<FoundPaths>> {
  const { searched } = search;
  const wanted = new Set([...links, ...(end === 'found' ? [path] : [])]);
  const found: [string, PathInLayer][] = [];
  for (const layer of searched.layers) {
    const own = [...wanted].filter((one) => layerWith(searched, one) === layer);
    const brought = await broughtBy(search, layer, own);
    if (!brought.ok) return brought;
    found.push(...own.flatMap((one) => inLayer(layer, one, brought.value)));
  }
  return ok(new Map(found));
}

function layerWith(searched: Searched, path: string): ExplainableLayer | undefined {
  const seen = seenAt(indexesOf(searched), path);
  return seen && searched.layers[seen.at];
}

/** Folders are in many packages: no layer is read for them. */
async function broughtBy(
  search: PathSearch,
  layer: ExplainableLayer,
  paths: readonly string[],
): Promise<Result<Brought>> {
  const asked = paths.filter((path) => layer.paths.get(path)?.kind === 'other');
  return asked.length === 0
    ? ok({ bringers: new Map(), paths: layer.paths })
    : bringersOf(search, layer, asked);
}

function inLayer(
  layer: ExplainableLayer,
  path: string,
  { bringers, paths }: Brought,
): [string, PathInLayer][] {
  const record = paths.get(path);
  if (record?.kind !== 'dir' && record?.kind !== 'other') return [];
  const bringer = bringers.get(path);
  const facts = factsOf(record, paths);
  return [
    [path, { path: `/${displayPath(path)}`, layer: layerName(layer), facts, ...(bringer && { bringer }) }],
  ];
}
