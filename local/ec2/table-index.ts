/** Values of a field, each with the ascending positions of the items that have it. */
export function indexBy<Item>(items: readonly Item[], valuesOf: (item: Item) => readonly string[]): Map<string, number[]> {
  const index = new Map<string, number[]>();
  for (const [position, item] of items.entries()) {
    for (const value of valuesOf(item)) {
      const positions = index.get(value);
      if (positions === undefined) index.set(value, [position]);
      else positions.push(position);
    }
  }
  return index;
}
