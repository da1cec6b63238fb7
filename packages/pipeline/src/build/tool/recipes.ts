import { chooseSource, type Platform, type Result, type SourceKind, type Tool } from '@image-tooling/model';
import type { Session } from '../../session';
import { debRecipe } from './deb';
import { goRecipe } from './go';
import { npmRecipe } from './npm';
import type { ToolRecipe } from './recipe';
import { releaseRecipe } from './release';
import { workspaceRecipe } from './workspace';

type RecipeOf = (session: Session, tool: Tool, platform: Platform) => Promise<Result<ToolRecipe>>;

const RECIPES: Readonly<Record<SourceKind, RecipeOf>> = {
  go: goRecipe,
  release: releaseRecipe,
  npm: npmRecipe,
  deb: debRecipe,
  workspace: workspaceRecipe,
};

/** Returns the recipe of a tool from the kind of source that the policy takes. Fails as that kind's lock is read. */
export function recipeOf(session: Session, tool: Tool, platform: Platform): Promise<Result<ToolRecipe>> {
  return RECIPES[chooseSource(tool.definition, session.toolSource)](session, tool, platform);
}
