import {
  builtFrom,
  recipeIn,
  type BuiltFrom,
  type Problem,
  type VerifiedStatement,
} from '@image-tooling/attest';
import type { ImageRecipe } from '@image-tooling/model';
import { describeImage } from '@image-tooling/oci';
import type { NamedManifest } from './manifests';

/** What a trusted provenance says of a manifest. */
export interface RecordedImage {
  readonly recipe: ImageRecipe;
  readonly from: BuiltFrom | undefined;
}

/** Returns what the provenance that describes a manifest says; undefined without such a provenance. */
export function recordedIn(
  { manifest }: Pick<NamedManifest, 'manifest'>,
  provenances: readonly VerifiedStatement[],
): RecordedImage | undefined {
  for (const one of provenances) {
    const recipe = recipeIn(one);
    if (recipe && describeImage(recipe).manifestDigest === manifest.digest)
      return { recipe, from: builtFrom(one) };
  }
  return undefined;
}

/** Returns the problem of an image without such a provenance. */
export function noRecipe(name: string): Problem {
  return {
    verdict: 'incomplete',
    message: `${name} can't be rebuilt: no trusted provenance of image-tooling describes it.`,
  };
}
