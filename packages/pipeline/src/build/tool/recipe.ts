import type { Json, PackageEntry, Result, SourceKind } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';

/** How to build a tool's layer from one kind of source. */
export interface ToolRecipe {
  readonly source: SourceKind;
  /** Its name and version where it comes from, for the SBOM; undefined for a vendor's own file. */
  readonly package?: PackageEntry;
  /** The inputs from the lock: `source` of the layer's build inputs. */
  readonly inputs: Json;
  /**
   * Fetches or builds the layer's entries, without parent folders. Their files are in `into`, an empty folder
   * that is deleted after the layer is written, or in the store.
   */
  make(into: string): Promise<Result<readonly TarEntry[]>>;
}
