/** The same items with another one first: garbage and heat of one contestant are the next one's, so each is to come first. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
