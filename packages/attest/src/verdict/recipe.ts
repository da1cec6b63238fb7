import { imageRecipeSchema, type ImageRecipe } from '@image-tooling/model';
import { BUILD_TYPE } from '../predicates/provenance';
import type { Statement } from '../statement/statement';

/** Returns the recipe in a provenance of ours; undefined for the provenance of other tools. */
export function recipeIn({ predicate }: Pick<Statement, 'predicate'>): ImageRecipe | undefined {
  const { buildDefinition } = Object(predicate) as { readonly buildDefinition?: unknown };
  const { buildType, internalParameters } = Object(buildDefinition) as Readonly<Record<string, unknown>>;
  if (buildType !== BUILD_TYPE) return undefined;
  const { recipe } = Object(internalParameters) as { readonly recipe?: unknown };
  const parsed = imageRecipeSchema.safeParse(recipe);
  return parsed.success ? parsed.data : undefined;
}
