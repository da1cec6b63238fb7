import type { StandardOutput } from '@image-tooling/host';
import type { Compression, Digest, Layer } from '@image-tooling/model';
import type { Store } from '../store/store';

/** The image to export: what `assembleImage` gave back, or the same from an image's layers.json. */
export interface ExportImage {
  readonly manifestDigest: Digest;
  readonly configDigest: Digest;
  readonly layers: readonly Layer[];
}

export interface ExportOptions {
  readonly store: Store;
  /** What the receiver calls the image: `name:tag` for docker and podman, a tag for an OCI layout. */
  readonly reference: string;
  /** Converts the layers of an OCI layout; the manifest's digest is then another. Default: as they are. */
  readonly compression?: Compression;
  readonly signal?: AbortSignal;
  /** Bytes of layers that were handed over, and of all. */
  readonly onBytes?: (done: number, total: number) => void;
  /** Default: that of the process. */
  readonly stdout?: StandardOutput;
}
