import type { Problem } from '@image-tooling/attest';
import { chainOf, chooseSource, ok, type Image, type ImageRecipe, type Result } from '@image-tooling/model';
import { wantedTool } from '../../build/tool';
import { recipeOf } from '../../build/tool/recipes';
import type { Session } from '../../session';

/**
 * Returns a problem for each tool whose published layer was made from other inputs than the definitions: it must not be
 * taken for theirs. Fails as a tool's lock is read.
 */
export async function toolProblems(
  session: Session,
  image: Image,
  { platform, layers }: ImageRecipe,
  name: string,
): Promise<Result<Problem[]>> {
  const found: Problem[] = [];
  for (const tool of chainOf(image).flatMap(({ tools }) => tools)) {
    const recipe = await recipeOf(session, tool, platform);
    if (!recipe.ok) return recipe;
    const { buildId } = wantedTool(session, tool, recipe.value);
    const isThere = layers.some((layer) => layer.owner === tool.name && layer.buildId === buildId);
    if (!isThere) found.push(otherInputs(name, tool.name));
  }
  return ok(found);
}

/** Returns a problem for each tool that a command of its workspace builds: a verification runs no program of a commit. */
export function commandProblems({ toolSource }: Session, image: Image, name: string): Problem[] {
  return chainOf(image)
    .flatMap(({ tools }) => tools)
    .filter(({ definition }) => chooseSource(definition, toolSource) === 'workspace')
    .map((tool) => ({
      verdict: 'incomplete',
      message: `${name}: the tool "${tool.name}" is built by a command of its commit, which "verify" does not run. Use --rebuild=system.`,
    }));
}

function otherInputs(name: string, tool: string): Problem {
  return {
    verdict: 'different',
    message: `${name}: its provenance has no layer of the tool "${tool}" with the inputs of the commit's definitions.`,
  };
}
