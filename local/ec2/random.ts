/** Numbers that look random and are the same for the same seed on every machine: a fleet can be named by its seed in a test. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** In [0, 1). Mulberry32: 32 bits of state, a few ns per number, good enough for sizes and names, not for secrets. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** An integer, both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws {RangeError} If there is nothing to pick. */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('Cannot pick an item: there are none');
    return items[Math.floor(this.next() * items.length)] as Item;
  }

  /** How often something of the given mean happens: 0 most often, seldom very many. */
  geometric(mean: number): number {
    if (mean <= 0) return 0;
    return Math.floor(Math.log(1 - this.next()) / Math.log(mean / (mean + 1)));
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.next() * 4_294_967_296)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  }
}
