/** Returns the day (UTC) of a time in seconds since the epoch: "2026-11-28". */
export function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
