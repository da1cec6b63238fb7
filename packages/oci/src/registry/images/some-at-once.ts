import { failWith, ok, type Failure, type Result } from '@image-tooling/model';

/** Blobs that travel at once: as many as docker and skopeo send; a registry counts its connections. */
export const BLOBS_AT_ONCE = 4;

/**
 * Works on items, `atOnce` at a time; results in the order of the items. After the first failure no other is begun,
 * and `isStopped` tells those under way; all are waited for. Fails with all that went wrong; without `aborted`, where
 * something else did.
 */
export async function someAtOnce<T, R>(
  items: readonly T[],
  work: (item: T, isStopped: () => boolean) => Promise<Result<R>>,
  atOnce = BLOBS_AT_ONCE,
): Promise<Result<R[]>> {
  const results: R[] = [];
  const failures: Failure[] = [];
  const waiting = items.entries();
  const isStopped = (): boolean => failures.length > 0;
  const worker = async (): Promise<void> => {
    for (const [at, item] of waiting) {
      if (isStopped()) return;
      const result = await work(item, isStopped);
      if (result.ok) results[at] = result.value;
      else failures.push(...result.failures);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return failures.length > 0 ? failWith(withoutGivenUp(failures)) : ok(results);
}

/** Those that were given up because of another say nothing new. */
function withoutGivenUp(failures: readonly Failure[]): readonly Failure[] {
  const causes = failures.filter(({ code }) => code !== 'aborted');
  return causes.length > 0 ? causes : failures.slice(0, 1);
}
