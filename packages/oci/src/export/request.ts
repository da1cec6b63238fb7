import type { StandardOutput } from '@image-tooling/host';
import type { Compression, Digest, Layer } from '@image-tooling/model';
import type { Store } from '../store/store';

/** The image to export: the result of `assembleImage`, or the same from an image's layers.json. */
export interface ExportImage {
  readonly manifestDigest: Digest;
  readonly configDigest: Digest;
  readonly layers: readonly Layer[];
}

export interface ExportOptions {
  readonly store: Store;
  /** The image's name at the receiver: `name:tag` for docker and podman, a tag for an OCI layout. */
  readonly reference: string;
  /** Converts the layers of an OCI layout, which changes the manifest's digest. Default: unchanged. */
  readonly compression?: Compression;
  readonly signal?: AbortSignal;
  /** Called with the bytes of layers written so far, and of all layers. */
  readonly onBytes?: (done: number, total: number) => void;
  /** Default: the process's own. */
  readonly stdout?: StandardOutput;
}
