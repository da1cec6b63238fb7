import type { Digest } from './digest';

/**
 * What a layer is made of; `base`: taken from a registry as it is. Each kind has its own format number (see
 * formats.ts).
 */
export const LAYER_KINDS = ['base', 'bootstrap', 'apt', 'tool', 'files', 'help'] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** How a layer's blob is compressed; `none` is a plain tar. */
export const COMPRESSIONS = ['zstd', 'gzip', 'none'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** A finished layer: what the store keeps for a build id. */
export interface Layer {
  /** sha256 of the tar. */
  readonly diffId: Digest;
  /** sha256 of the blob as it is stored and pushed. */
  readonly digest: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  /** Bytes of the tar. */
  readonly tarSize: number;
  readonly compression: Compression;
}

/** A layer and where it comes from: one row of an image's layers.json. */
export interface OriginLayer extends Layer {
  readonly kind: LayerKind;
  /** The image or tool whose definition made it. */
  readonly owner: string;
  readonly buildId: Digest;
  /** Newest modification time in it, in seconds since the epoch. */
  readonly time: number;
}
