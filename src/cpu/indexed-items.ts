/** Items with their positions in the input: out of order where some were promised, or were handed back. */
export interface IndexedItems<Item> {
  readonly items: Item[];
  readonly indices: number[];
}

export function from<Item>({ items, indices }: IndexedItems<Item>, start: number): IndexedItems<Item> {
  return { items: items.slice(start), indices: indices.slice(start) };
}

export function until<Item>({ items, indices }: IndexedItems<Item>, end: number): IndexedItems<Item> {
  return { items: items.slice(0, end), indices: indices.slice(0, end) };
}
