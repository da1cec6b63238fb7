import type { Problem } from '@image-tooling/attest';
import {
  canonicalJson,
  ok,
  type ImageRecipe,
  type Json,
  type OriginLayer,
  type Result,
} from '@image-tooling/model';
import { layerDifference, type Repository, type Store } from '@image-tooling/oci';
import { layerName } from '../published/recombine';

/** A published image and the same image, built again. */
export interface Pair {
  /** For messages: the platform. */
  readonly name: string;
  readonly published: ImageRecipe;
  readonly built: ImageRecipe;
  /** Has the layers that were built. */
  readonly store: Store;
  readonly repository: Repository;
}

/**
 * Returns a problem for each layer that differs, with the first path that differs, and for the config. Fails as reading
 * a layer does.
 */
export async function differences(pair: Pair): Promise<Result<Problem[]>> {
  const { published, built } = pair;
  const found: Problem[] = [];
  for (const layer of published.layers) {
    const again = built.layers.filter(({ kind, owner }) => kind === layer.kind && owner === layer.owner);
    if (again.some(({ digest }) => digest === layer.digest)) continue;
    const problem = await layerProblem(pair, layer, again[0]);
    if (!problem.ok) return problem;
    found.push(problem.value);
  }
  const known = new Set(published.layers.map(keyOf));
  const more = built.layers.filter((layer) => !known.has(keyOf(layer)));
  found.push(...more.map((layer) => different(pair, `it also has ${layerName(layer)}`)));
  return ok(found.length > 0 ? found : restProblems(pair));
}

function keyOf({ kind, owner }: OriginLayer): string {
  return `${kind} ${owner}`;
}

async function layerProblem(
  pair: Pair,
  layer: OriginLayer,
  again: OriginLayer | undefined,
): Promise<Result<Problem>> {
  const name = layerName(layer);
  if (!again) return ok(different(pair, `it does not have ${name}`));
  const pulled = await pair.repository.pullBlob(layer, pair.store);
  if (!pulled.ok) return pulled;
  const found = await layerDifference({ layer, store: pair.store }, { layer: again, store: pair.store });
  if (!found.ok) return found;
  const { path, lines = ['the tars are identical, but compressed differently'] } = found.value ?? {};
  const where = path === undefined ? '' : ` in ${path}`;
  return ok(
    different(pair, `${name} differs${where} (first: published, second: built again; ${lines.join('; ')})`),
  );
}

/** All layers are equal: their order, the config or the labels differ. */
function restProblems(pair: Pair): Problem[] {
  const { published, built } = pair;
  const parts: [string, (recipe: ImageRecipe) => unknown][] = [
    ['the order of its layers', ({ layers }) => layers.map(({ digest }) => digest)],
    ['the data of its layers', ({ layers }) => layers],
    ['its config', ({ config }) => config],
    ['its labels', ({ labels }) => labels],
  ];
  const [first] = parts.filter(([, of]) => textOf(of(published)) !== textOf(of(built)));
  return first ? [different(pair, `${first[0]} differs`)] : [];
}

function textOf(value: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
}

function different({ name }: Pair, what: string): Problem {
  return { verdict: 'different', message: `${name}: built again, ${what}.` };
}
