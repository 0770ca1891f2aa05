/**
 * What a chunk is to take, in ms. Handing one over costs some 0.03 to 0.1 ms on both sides together, 2 % at most; and as threads
 * wait for the last chunk at the end of a run, it should be no longer than need be.
 */
const TARGET_MS = 5;

/** A chunk that takes this many times what was expected is handed back: costs have changed, and other threads may be idle. */
const PATIENCE = 2;

/** How many times larger than the one before a chunk may be: the first items of a worker run uncompiled and tell little. */
const MAX_GROWTH = 8;

/** Towards the end of an input chunks get smaller, down to this part of the target. */
const SMALLEST_PART = 16;

/** Weight of the newest measurement. */
const WEIGHT = 0.5;

/** Beyond this the hand-over costs nothing per item any more, and the memory for a chunk does. */
const MAX_ITEMS = 20_000;

/** How many items to hand to a thread at once: ramped up from one by what they were measured to take. */
export class ChunkSize {
  readonly #threadCount: number;
  #itemMs: number | undefined;
  #largest = 1;

  constructor(threadCount: number) {
    this.#threadCount = threadCount;
  }

  /** After this a thread hands back what it has not begun, in ms. */
  get budgetMs(): number {
    return TARGET_MS * PATIENCE;
  }

  /** @param remainingCount - Items that are left, where that is known: the last ones are shared out evenly. */
  next(remainingCount: number | undefined): number {
    if (this.#itemMs === undefined) return 1;
    const wanted = Math.min(TARGET_MS / this.#itemMs, this.#largest * MAX_GROWTH, MAX_ITEMS);
    const share = (remainingCount ?? Number.POSITIVE_INFINITY) / (2 * this.#threadCount);
    return Math.max(1, Math.floor(Math.min(wanted, Math.max(share, wanted / SMALLEST_PART))));
  }

  /** @param costMs - What `itemCount` items took, in their thread or to be sent there, whichever was longer. */
  measured(itemCount: number, costMs: number): void {
    if (itemCount === 0) return;
    const itemMs = Math.max(costMs / itemCount, Number.EPSILON);
    this.#itemMs = this.#itemMs === undefined ? itemMs : WEIGHT * itemMs + (1 - WEIGHT) * this.#itemMs;
    this.#largest = Math.max(this.#largest, itemCount);
  }
}
