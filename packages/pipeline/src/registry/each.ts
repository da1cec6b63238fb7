import { failWith, type Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';

/** Parallel requests; registries limit connections. */
const AT_ONCE = 8;

/** Runs `work` on each item, several at a time. Starts no other after the first failure, and returns that. */
export async function each<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result<Value>>,
): Promise<Result<Value[]>> {
  const done = await mapResults(items, work, AT_ONCE);
  return done.ok ? done : failWith(done.failures.slice(0, 1));
}
