/** Node's timers fire immediately for larger values (nodejs.org/api/timers.html, setTimeout): 24.8 days. */
const MOST_MS = 2 ** 31 - 1;

/** Returns seconds as milliseconds for Node's timers: integers, rounded up, at most 24.8 days. */
export function timerMs(seconds: number): number {
  return Math.min(Math.ceil(seconds * 1000), MOST_MS);
}
