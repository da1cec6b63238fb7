/** Node's timers fire at once where they are given more (nodejs.org/api/timers.html, setTimeout): 24.8 days. */
const MOST_MS = 2 ** 31 - 1;

/** Returns seconds in milliseconds as Node's timers take them: whole, rounded up, and at most 24.8 days. */
export function timerMs(seconds: number): number {
  return Math.min(Math.ceil(seconds * 1000), MOST_MS);
}
