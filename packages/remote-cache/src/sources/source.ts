import type { Readable } from 'node:stream';

/** Holds entries: a server with Nx's API, a bucket or a folder. Methods throw a `Fault` if it fails. */
export interface CacheSource {
  /** For display, without secrets: "https://cache.example". */
  readonly name: string;
  /** Returns an entry, or undefined if it has no such entry. Its body must be read to the end or destroyed. */
  get(hash: string, signal: AbortSignal): Promise<FoundEntry | undefined>;
  /** Stores an entry. 'exists': there is one, and it stays; 'refused': this machine may not write. */
  put(hash: string, entry: NewEntry, signal: AbortSignal): Promise<Stored>;
  /** Removes an entry that no reader accepts, so that it can be written again. Undefined if the source can't. */
  readonly remove?: (hash: string, signal: AbortSignal) => Promise<void>;
  /** Closes connections, also those in use. */
  close(): Promise<void>;
}

export type Stored = 'stored' | 'exists' | 'refused';

export interface FoundEntry {
  /** Bytes, if the source says so. */
  readonly size: number | undefined;
  readonly body: Readable;
}

export interface NewEntry {
  /** Bytes. */
  readonly size: number;
  /** Returns the bytes from the beginning; called again for a retry. */
  open(): AsyncIterable<Uint8Array>;
}
