import {
  chooseSource,
  type Json,
  type Platform,
  type Result,
  type SourceKind,
  type Tool,
} from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import type { Session } from '../../session';
import { debRecipe } from './deb';
import { goRecipe } from './go';
import { npmRecipe } from './npm';
import { releaseRecipe } from './release';

/** How a tool's layer comes to be from one kind of source. */
export interface ToolRecipe {
  readonly source: SourceKind;
  /** What decides the bytes, read from the lock: the `source` of the layer's build inputs. */
  readonly inputs: Json;
  /**
   * Fetches and makes what the layer holds: its entries without the folders above them. Files that they point to lie
   * in `into`, an empty folder that is deleted once the layer is written, or in the store.
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

/** The recipe of a tool from the kind of source that the policy takes. Fails as that kind's lock is read. */
export function recipeOf(session: Session, tool: Tool, platform: Platform): Promise<Result<ToolRecipe>> {
  return RECIPES[chooseSource(tool.definition, session.toolSource)](session, tool, platform);
}
