const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Before this, too little is measured. */
const FIRST_MS = 20 * SECOND;
const FIRST_PART = 0.05;

/** How far work is. */
export interface WorkDone {
  /** Milliseconds. */
  readonly elapsed: number;
  /** In the same unit as `total`. */
  readonly done: number;
  readonly total: number;
}

/**
 * Returns for how many milliseconds the work goes on, if it does at the speed it had so far; undefined in the
 * first 20 seconds and the first twentieth.
 */
export function timeLeft({ elapsed, done, total }: WorkDone): number | undefined {
  if (elapsed < FIRST_MS || done < total * FIRST_PART) return undefined;
  return (elapsed / done) * (total - done);
}

/** Returns an estimate for display: "less than a minute", "about 12 min", above 20 minutes "about 35 min". */
export function estimateText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE);
  if (milliseconds < MINUTE) return 'less than a minute';
  return `about ${minutes > 20 ? 5 * Math.round(minutes / 5) : minutes} min`;
}
