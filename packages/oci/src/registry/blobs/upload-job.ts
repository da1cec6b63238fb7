import type { Context } from '../context';
import type { LocalBlob } from '../port';
import type { Meter } from './meter';
import type { BlobReader } from './reader';
import type { UploadSession } from './upload-session';

/** The upload of one blob. */
export interface UploadJob {
  readonly context: Context;
  readonly blob: LocalBlob;
  readonly reader: BlobReader;
  readonly meter: Meter;
  /** The maximum size of a request in bytes; undefined: the default. */
  readonly chunkBytes?: number;
}

/** The state of an upload. */
export interface Progress {
  readonly session: UploadSession;
  /** Bytes that the registry has. */
  readonly offset: number;
  readonly finished?: boolean;
}
