/** Returns items in the order of a text of each, made once: the same on each machine, whatever its language. */
export function sortedByText<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, text: textOf(item) }))
    .sort(({ text: a }, { text: b }) => (a === b ? 0 : a < b ? -1 : 1))
    .map(({ item }) => item);
}
