import type { SourceKind } from '../definitions';
import type { Digest } from '../digest';
import type { Compression, LayerKind } from '../layer';
import type { Contents } from '../plan';
import type { Platform } from '../platform';

/** Version of the output of `explain --json`. Raised when a member is removed or means something else. */
export const EXPLAIN_VERSION = 2;

/** A layer of a finished image, as far as it is known on this machine. */
export interface RecordedLayer {
  readonly kind: LayerKind;
  /** The image or tool whose definition made it. */
  readonly owner: string;
  readonly digest: Digest;
  /** Unknown for a help layer if the image's config is no longer in the store. */
  readonly buildId?: Digest;
  readonly diffId?: Digest;
  /** Bytes of the blob. */
  readonly size?: number;
  /** Bytes of the tar. */
  readonly tarSize?: number;
  readonly compression?: Compression;
  /** How many packages were installed into it. */
  readonly packages?: number;
  /** Whether the store has its blob. */
  readonly inStore: boolean;
}

/** An image of one platform as it was built last. */
export interface BuildRecord {
  readonly name: string;
  readonly description: string;
  readonly platform: Platform;
  readonly manifest: Digest;
  readonly config: Digest;
  /** Bottom first, the help layer last. */
  readonly layers: readonly RecordedLayer[];
  readonly contents: Contents;
}

/** Another image of the workspace. */
export interface WorkspaceImage {
  readonly name: string;
  /** Names of its own tools. */
  readonly tools: readonly string[];
  /** Of the layers it was last built with; empty if it was not. */
  readonly digests: readonly Digest[];
}

/** One row of an explained image. */
export interface ExplainedLayer extends RecordedLayer {
  /** From 1, bottom first. */
  readonly number: number;
  /** Of a tool's layer. */
  readonly tool?: { readonly version: string; readonly source: SourceKind };
  /** The image whose definition added it: this one, or an ancestor. */
  readonly image: string;
  /** Whether `image` is the explained one. */
  readonly own: boolean;
  /** Other images of the workspace with the same layer, by name. */
  readonly sharedWith: readonly string[];
}

export interface LayerTotals {
  readonly layers: number;
  /** Bytes of the blobs. */
  readonly size: number;
  /** Bytes of the tars. */
  readonly unpacked: number;
}

/** What an image is made of. */
export interface ImageExplanation {
  readonly explainVersion: typeof EXPLAIN_VERSION;
  readonly explains: 'image';
  readonly name: string;
  readonly description: string;
  readonly platform: Platform;
  /** Its ancestors, nearest first: images of the workspace, then what the lowest of them is based on. */
  readonly basedOn: readonly string[];
  readonly manifest: Digest;
  readonly config: Digest;
  readonly layers: readonly ExplainedLayer[];
  readonly totals: { readonly inherited: LayerTotals; readonly own: LayerTotals; readonly all: LayerTotals };
}

/** What a tool is, and where it is used. */
export interface ToolExplanation {
  readonly explainVersion: typeof EXPLAIN_VERSION;
  readonly explains: 'tool';
  readonly name: string;
  readonly description: string;
  readonly platform: Platform;
  /** Of the layer. */
  readonly version: string;
  readonly source: {
    readonly kind: SourceKind;
    /** The version that is locked now; differs from the layer's if the tool was not built since. */
    readonly lockedVersion?: string;
    /** What the lock says of this kind, by the lock's own names. */
    readonly locked: Readonly<Record<string, string>>;
  };
  readonly layer: RecordedLayer;
  /** Images that list it and those that inherit it; `layer`: whether they were built with this very layer. */
  readonly images: readonly { readonly name: string; readonly hasLayer: boolean }[];
}
