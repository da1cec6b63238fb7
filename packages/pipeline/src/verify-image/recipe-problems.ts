import { recipeIn, type Problem, type VerifiedStatement } from '@image-tooling/attest';
import { describeImage } from '@image-tooling/oci';
import type { NamedManifest } from './published/manifests';

/**
 * Puts config and manifest together again from the recipe in the provenance, and reports a digest that differs from the
 * published one. Needs no layer.
 */
export function recipeProblems(
  { manifest, name }: NamedManifest,
  provenances: readonly VerifiedStatement[],
): Problem[] {
  const recipes = provenances.flatMap((one) => recipeIn(one) ?? []);
  const digests = recipes.map((recipe) => describeImage(recipe).manifestDigest);
  if (digests.length === 0 || digests.includes(manifest.digest)) return [];
  return [
    {
      verdict: 'altered',
      message: `${name}: the recipe in its provenance gives another image (${digests.join(', ')}).`,
    },
  ];
}
