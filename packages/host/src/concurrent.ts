/**
 * Concurrent work, mostly on open files: far below the 1,024 that a process may have by default (getrlimit(2),
 * RLIMIT_NOFILE).
 */
const AT_ONCE = 32;

/**
 * Maps items with asynchronous work, at most `atOnce` at a time, in their order. Rejects with the first error, and
 * starts no more work.
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  work: (item: T, at: number) => Promise<R>,
  atOnce: number = AT_ONCE,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const waiting = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [at, item] of waiting) {
      if (failed) return;
      try {
        results[at] = await work(item, at);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
