import { ok, type Failure, type OriginLayer, type Result } from '@image-tooling/model';
import { layerDifference } from '@image-tooling/oci';
import { layerText } from '../build/layers/layer-text';
import type { Outcome } from './outcome';

/** Two outcomes to compare, and their names. */
export interface Pair {
  readonly first: Outcome;
  readonly second: Outcome;
  /** Completes "…, the apt layer of app differs": "Built twice". */
  readonly how: string;
  /** Explains "first" and "second" in its lines. */
  readonly sides: string;
}

/**
 * Returns a failure for each layer that differs, with the first path that differs. Fails as reading a layer
 * does.
 */
export async function differences(pair: Pair): Promise<Result<Failure[]>> {
  const failures: Failure[] = [];
  for (const layer of pair.first.layers) {
    const other = pair.second.layers.find(({ kind }) => kind === layer.kind);
    if (!other || other.digest === layer.digest) continue;
    const failure = await differs(pair, layer, other);
    if (!failure.ok) return failure;
    failures.push(failure.value);
  }
  return ok(failures);
}

async function differs(pair: Pair, layer: OriginLayer, other: OriginLayer): Promise<Result<Failure>> {
  const found = await layerDifference(
    { layer, store: pair.first.store },
    { layer: other, store: pair.second.store },
  );
  if (!found.ok) return found;
  const { path, lines = ['the tars are identical, but compressed differently'] } = found.value ?? {};
  return ok({
    code: 'not-reproducible',
    message: `${pair.how}, ${layerText(layer)} differs${path === undefined ? '' : ` in ${path}`}.`,
    hint: 'Check what writes the file: a time, a random number or a random order. It must depend on the inputs alone.',
    details: [`first:  ${layer.digest}`, `second: ${other.digest}`, pair.sides, ...lines],
  });
}
