import type { RunContext } from '@image-tooling/model';
import { GRACE_MS, type Store } from '@image-tooling/oci';

/** The settings of a command on the store. */
export interface StoreRun {
  readonly store: Store;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  /** The current folder: if it is a workspace, its needs are kept. */
  readonly cwd: string;
}

/** Default for the days that data without a workspace is kept. */
export const KEEP_DAYS = 30;

const DAY_MS = 86_400_000;

/** Returns the time since which used data is kept, in milliseconds since the epoch. */
export function keptSince(keepDays: number, nowMs: number = Date.now()): number {
  return Math.min(nowMs - keepDays * DAY_MS, nowMs - GRACE_MS);
}
