import type { Refusal } from '../entry/refusal';

/** What one source did in a run. */
export interface SourceCounts {
  /** "https://cache.example". */
  readonly name: string;
  hits: number;
  /** Bytes of the payloads of hits. */
  bytes: number;
  /** Seconds that the hits' tasks took where they ran. */
  savedSeconds: number;
  refused: Partial<Record<Refusal, number>>;
  faults: number;
  /** What went wrong last. */
  lastFault: string | undefined;
  isOff: boolean;
}

export interface UploadCounts {
  stored: number;
  /** Bytes of the payloads of stored entries. */
  bytes: number;
  /** Another machine was faster. */
  exists: number;
  /** This machine may not write. */
  refused: number;
  failed: number;
  /** Not finished when the run ended. */
  unfinished: number;
  /** What went wrong last. */
  lastFault: string | undefined;
}

/** What the remote cache did in a run. */
export interface RunCounts {
  readonly sources: readonly SourceCounts[];
  misses: number;
  /** Milliseconds until hits were answered, added up. */
  hitMs: number;
  readonly uploads: UploadCounts;
  /** Problems of this machine: "No space left while writing …". */
  readonly local: string[];
}

export function newSourceCounts(name: string): SourceCounts {
  return {
    ...{ name, hits: 0, bytes: 0, savedSeconds: 0, refused: {}, faults: 0 },
    ...{ lastFault: undefined, isOff: false },
  };
}

export function newUploadCounts(): UploadCounts {
  return { stored: 0, bytes: 0, exists: 0, refused: 0, failed: 0, unfinished: 0, lastFault: undefined };
}
