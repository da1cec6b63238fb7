/** Something with a length, to be packed. */
export interface Sized {
  readonly seconds: number;
}

/**
 * Divides items among at most `count` bins so that the fullest is short: the longest item first, each into the bin with
 * the least (R. L. Graham, "Bounds on Multiprocessing Timing Anomalies", 1969: at most a third above the best). Equal
 * input gives equal bins. Empty bins are left out.
 */
export function pack<T extends Sized>(items: readonly T[], count: number): T[][] {
  const bins = Array.from({ length: Math.min(count, items.length) }, () => ({
    items: [] as T[],
    seconds: 0,
  }));
  for (const item of [...items].sort((a, b) => b.seconds - a.seconds)) {
    const least = bins.reduce((best, bin) => (bin.seconds < best.seconds ? bin : best));
    least.items.push(item);
    least.seconds += item.seconds;
  }
  return bins.map((bin) => bin.items).filter((bin) => bin.length > 0);
}
