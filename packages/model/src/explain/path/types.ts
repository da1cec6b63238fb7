import type { SourceKind } from '../../definitions';
import type { Digest } from '../../digest';
import type { LayerKind } from '../../layer';
import type { Platform } from '../../platform';
import type { EXPLAIN_VERSION } from '../types';

/** A layer as explanations of paths name it. */
export interface LayerName {
  /** From 1, bottom first. */
  readonly number: number;
  readonly kind: LayerKind;
  readonly owner: string;
  readonly digest: Digest;
}

export type PathType = 'file' | 'folder' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

/** What a layer has at a path. */
export interface PathFacts {
  readonly type: PathType;
  /** Octal, four digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file's content; absent where the store's index does not say. */
  readonly size?: number;
  /** Of a link. */
  readonly link?: string;
}

/** What added a path to its layer. */
export type Bringer =
  /** `shared`: other packages that list the same path. */
  | {
      readonly by: 'package';
      readonly name: string;
      readonly version?: string;
      readonly shared: readonly string[];
    }
  /** Made by a maintainer script or trigger while packages were installed; `note`: which one, if known. */
  | { readonly by: 'installation'; readonly note?: string }
  | { readonly by: 'tool'; readonly name: string; readonly version: string; readonly source: SourceKind }
  /**
   * `file`: where it lies in the workspace now, relative to its root; absent for what the definition
   * declares.
   */
  | { readonly by: 'definition'; readonly image: string; readonly file?: string }
  | { readonly by: 'help'; readonly image: string }
  | { readonly by: 'registry'; readonly image: string };

/** A path in one layer. */
export interface PathInLayer {
  readonly path: string;
  readonly layer: LayerName;
  readonly facts: PathFacts;
  readonly bringer?: Bringer;
}

/** What a layer does with a path: has it, or removes what layers below have there. */
export interface PathEvent {
  readonly layer: LayerName;
  readonly does: 'has' | 'removes';
  readonly facts?: PathFacts;
}

/** How much of a folder a layer brings. */
export interface FolderPart {
  readonly layer: LayerName;
  readonly entries: number;
  /** Bytes of files' contents; absent where the store's index does not say. */
  readonly size?: number;
}

/** The origin of a path of an image. */
export interface PathExplanation {
  readonly explainVersion: typeof EXPLAIN_VERSION;
  readonly explains: 'path';
  /** The image, or the tool. */
  readonly name: string;
  readonly platform: Platform;
  readonly asked: string;
  /** Links that were followed, in order. */
  readonly links: readonly PathInLayer[];
  /** Where they lead: the path without links. */
  readonly path: string;
  /** Absent where a layer removed it. */
  readonly found?: PathInLayer;
  /** What the layers do with it, the uppermost first: the first decides. */
  readonly layers: readonly PathEvent[];
  /** Of a folder. */
  readonly folder?: {
    /** Those that can be seen, whichever layer they are from. */
    readonly entries: number;
    readonly size?: number;
    readonly parts: readonly FolderPart[];
  };
}
