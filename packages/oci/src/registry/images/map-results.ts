import { mapConcurrent } from '@image-tooling/host';
import { failWith, ok, type Failure, type Result } from '@image-tooling/model';

/** Concurrent transfers: as many as docker and skopeo use; a registry limits its connections. */
const CONCURRENT_TRANSFERS = 4;

/**
 * Maps items with work that returns a Result, `atOnce` at a time, in their order. After the first failure no more work
 * is started, and `isStopped` returns true for work under way, which is awaited. Fails with all failures; without
 * `aborted`, if there are others.
 */
export async function mapResults<T, R>(
  items: readonly T[],
  work: (item: T, isStopped: () => boolean) => Promise<Result<R>>,
  atOnce = CONCURRENT_TRANSFERS,
): Promise<Result<R[]>> {
  const failures: Failure[] = [];
  const isStopped = (): boolean => failures.length > 0;
  const values = await mapConcurrent(
    items,
    async (item): Promise<R[]> => {
      if (isStopped()) return [];
      const result = await work(item, isStopped);
      if (result.ok) return [result.value];
      failures.push(...result.failures);
      return [];
    },
    atOnce,
  );
  return isStopped() ? failWith(withoutAborted(failures)) : ok(values.flat());
}

/** Drops work that was stopped because of another failure. */
function withoutAborted(failures: readonly Failure[]): readonly Failure[] {
  const causes = failures.filter(({ code }) => code !== 'aborted');
  return causes.length > 0 ? causes : failures.slice(0, 1);
}
