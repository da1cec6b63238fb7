import type { Digest } from '../../digest';
import type { Json } from '../../canonical';
import type { Failure } from '../../failure';
import type { LayerKind } from '../../layer';
import type { Platform } from '../../platform';
import type { EXPLAIN_VERSION } from '../types';

/** A layer that was or would be built, with its inputs if known. */
export interface KnownLayer {
  readonly kind: LayerKind;
  readonly owner: string;
  readonly buildId: Digest;
  readonly inputs?: Json;
}

/** A build of an image or a tool: the last one, or the one that would be made now. */
export interface KnownBuild {
  /** Bottom first. A tool has one. */
  readonly layers: readonly KnownLayer[];
  /**
   * How containers start, and labels: `config` of the OCI image configuration; undefined if it is not known.
   */
  readonly config?: Json;
}

/** A layer that a build now would change. */
export interface LayerChange {
  readonly kind: LayerKind;
  readonly owner: string;
  readonly change: 'new' | 'gone' | 'changed';
  /** Build ids. */
  readonly before?: Digest;
  readonly after?: Digest;
  /** Whether the store already has the result: then nothing is built. */
  readonly inStore: boolean;
  /** Whether it is made by this project, and not taken over from another. */
  readonly own: boolean;
  /** Inputs that differ, by name and value; absent if the inputs of the last one are unknown here. */
  readonly differences?: readonly string[];
}

/** What a build of one image or tool would do now. */
export interface ProjectWhy {
  readonly name: string;
  readonly project: 'image' | 'tool';
  /**
   * `build`: some layer must be made; `restack`: assembled from existing layers, at most with a new help
   * text; `take`: a tool's, from the store.
   */
  readonly result: 'same' | 'build' | 'restack' | 'take';
  readonly builtBefore: boolean;
  readonly layers: readonly LayerChange[];
  /** Whether the order of kept layers differs. */
  readonly reordered: boolean;
  /** Labels and start-up configuration that differ, by name and value. */
  readonly config: readonly string[];
  /** Whether the config could be compared. */
  readonly configKnown: boolean;
}

/** A commit that builds are compared with. */
export interface Since {
  /** As asked for: a branch, tag or commit. */
  readonly ref: string;
  /** What it has in common with HEAD. */
  readonly commit: string;
}

/** What a build would do now, bottom up, and why. */
export interface Why {
  readonly explainVersion: typeof EXPLAIN_VERSION;
  readonly explains: 'why';
  readonly name: string;
  readonly platform: Platform;
  /** Undefined: compared with the last build here. */
  readonly since?: Since;
  /** Tools and images below it first, itself last. Ends early where something can't be planned. */
  readonly projects: readonly ProjectWhy[];
  /** Why no build could be made now: a stale lock, a file that no layer can hold. */
  readonly blockedBy: readonly Failure[];
}
