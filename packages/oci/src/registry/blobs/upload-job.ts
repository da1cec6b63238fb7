import type { Context } from '../context';
import type { LocalBlob } from '../port';
import type { Meter } from './meter';
import type { BlobReader } from './reader';
import type { Session } from './session';

/** A blob on its way to a registry. */
export interface UploadJob {
  readonly context: Context;
  readonly blob: LocalBlob;
  readonly reader: BlobReader;
  readonly meter: Meter;
  /** Bytes in one request at most; undefined: as many as are good. */
  readonly chunkBytes?: number;
}

/** How far an upload has come. */
export interface Progress {
  readonly session: Session;
  /** Bytes that the registry has. */
  readonly offset: number;
  readonly finished?: boolean;
}
