import type { Json, Result, SourceKind } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';

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
