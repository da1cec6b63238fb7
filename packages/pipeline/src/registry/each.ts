import { failWith, type Result } from '@image-tooling/model';
import { someAtOnce } from '@image-tooling/oci';

/** Requests at a time: a registry counts its connections. */
const AT_ONCE = 8;

/** What `work` gives for each item, some at a time. After the first failure no other is begun, and that is given. */
export async function each<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result<Value>>,
): Promise<Result<Value[]>> {
  const done = await someAtOnce(items, work, AT_ONCE);
  return done.ok ? done : failWith(done.failures.slice(0, 1));
}
