/** What a {@link SwapList} can hold: it notes the place in the entry itself. */
export interface SwapListEntry {
  place: number;
}

/**
 * A small bag with removal in constant time and no garbage. A `Map` or `Set` would do, but V8's hash tables link each outgrown
 * table to its successor: one that was promoted to the old generation keeps all later ones alive until the next full
 * collection, which over a million items measured 33 MB.
 */
export class SwapList<Entry extends SwapListEntry> {
  readonly #entries: Entry[] = [];

  add(entry: Entry): void {
    entry.place = this.#entries.length;
    this.#entries.push(entry);
  }

  remove(entry: Entry): void {
    // Not, or no longer, in here.
    if (this.#entries[entry.place] !== entry) return;
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#entries[entry.place] = last;
    last.place = entry.place;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Those in it now: an entry may go while this is walked. */
  [Symbol.iterator](): Iterator<Entry> {
    return [...this.#entries][Symbol.iterator]();
  }

  /** Takes everything out. */
  drain(): Entry[] {
    return this.#entries.splice(0);
  }
}
