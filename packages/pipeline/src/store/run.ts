import type { RunContext } from '@image-tooling/model';
import { GRACE_MS, type Store } from '@image-tooling/oci';

/** What a command about the store works with. */
export interface StoreRun {
  readonly store: Store;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  /** The folder the command was called in: where that is a workspace, what it needs stays. */
  readonly cwd: string;
}

/** Days that what is in no workspace is kept for, unless told otherwise. */
export const KEEP_DAYS = 30;

const DAY_MS = 86_400_000;

/** Since when what was made or used stays, in milliseconds since the epoch. */
export function keptSince(keepDays: number, nowMs: number = Date.now()): number {
  return Math.min(nowMs - keepDays * DAY_MS, nowMs - GRACE_MS);
}
