import type { Readable } from 'node:stream';
import type { Result } from '@image-tooling/model';

/** Keeps objects under keys (`isKey`). An object never changes; it can only be deleted, or replaced by its own bytes. */
export interface ObjectStore {
  /** For messages: "s3://bucket/prefix" or a folder. */
  readonly name: string;
  /**
   * Returns an object, or undefined for a free key. Checks nothing but the length: the body fails with a `Fault` if
   * it breaks or stalls. `mostBytes` limits the body to the first bytes, for readers of a header.
   */
  get(key: string, options?: GetOptions): Promise<Result<StoredObject | undefined>>;
  /**
   * Stores an object completely or not at all. Returns 'exists', and keeps the object that is there, if the key is
   * taken: of several writers, one gets 'stored'.
   */
  put(key: string, object: NewObject, options?: PutOptions): Promise<Result<'stored' | 'exists'>>;
  /** Yields the objects whose keys begin with `prefix`, in any order. Throws a `Fault`. */
  list(prefix: string, options?: CallOptions): AsyncIterable<ListedObject>;
  /** Deletes an object; succeeds if the key is free. Its space may be freed later, at the latest by `close`. */
  delete(key: string, options?: CallOptions): Promise<Result<void>>;
  /** Closes connections, also those in use; frees the space of deleted objects. */
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface GetOptions extends CallOptions {
  readonly mostBytes?: number;
}

export interface PutOptions extends CallOptions {
  /** Replaces an object that is there, always with 'stored': for keys that say what the bytes are. */
  readonly replaces?: boolean;
}

export interface StoredObject {
  /** Bytes of the whole object, whatever `mostBytes` is. */
  readonly size: number;
  /** Must be read to the end or destroyed. */
  readonly body: Readable;
  /** The whole object, if it is small and the store has it in memory: then the body may be left alone. */
  readonly bytes?: Buffer;
  /** The file of this machine that is the object: can be read again while it is not deleted. */
  readonly path?: string;
}

/** An object to store. */
export interface NewObject {
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal digits, if known: S3 checks what it receives against it. */
  readonly sha256?: string;
  /** Returns the bytes from the beginning; called again for a retry. */
  open(): AsyncIterable<Uint8Array>;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When it was stored, by the store's clock; milliseconds since 1970. */
  readonly storedAt: number;
}
