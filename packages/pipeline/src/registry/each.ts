import pLimit from 'p-limit';
import { ok, type Failed, type Result } from '@image-tooling/model';

/** Requests at a time: a registry counts its connections. */
const AT_ONCE = 8;

/** What `work` gives for each item, some at a time. After the first failure no other is begun, and that is given. */
export async function each<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result<Value>>,
): Promise<Result<Value[]>> {
  const limit = pLimit(AT_ONCE);
  let failed: Failed | undefined;
  const values: Value[] = [];
  const one = async (item: Item, at: number): Promise<void> => {
    if (failed) return;
    const result = await work(item);
    if (result.ok) values[at] = result.value;
    else failed ??= result;
  };
  await Promise.all(items.map((item, at) => limit(() => one(item, at))));
  return failed ?? ok(values);
}
