/** Returns items by a key, in their order. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const before = found.get(key);
    if (before) before.push(item);
    else found.set(key, [item]);
  }
  return found;
}
