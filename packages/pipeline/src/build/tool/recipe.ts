import {
  chooseSource,
  type Json,
  type Platform,
  type Result,
  type SourceKind,
  type Tool,
} from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/oci';
import type { Session } from '../../session';
import { debRecipe } from './deb';
import { goRecipe } from './go';
import { npmRecipe } from './npm';
import { releaseRecipe } from './release';

/** How to build a tool's layer from one kind of source. */
export interface ToolRecipe {
  readonly source: SourceKind;
  /** The inputs from the lock: `source` of the layer's build inputs. */
  readonly inputs: Json;
  /**
   * Fetches or builds the layer's entries, without parent folders. Their files are in `into`, an empty folder
   * that is deleted after the layer is written, or in the store.
   */
  make(into: string): Promise<Result<readonly TarEntry[]>>;
}

type RecipeOf = (session: Session, tool: Tool, platform: Platform) => Promise<Result<ToolRecipe>>;

const RECIPES: Readonly<Record<SourceKind, RecipeOf>> = {
  go: goRecipe,
  release: releaseRecipe,
  npm: npmRecipe,
  deb: debRecipe,
};

/** Returns the recipe of a tool for the source that the policy takes. Fails as reading its lock does. */
export function recipeOf(session: Session, tool: Tool, platform: Platform): Promise<Result<ToolRecipe>> {
  return RECIPES[chooseSource(tool.definition, session.toolSource)](session, tool, platform);
}
