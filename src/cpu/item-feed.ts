import { isPromiseLike } from '../run/is-promise-like.ts';
import { type Arriving, MissingItem, type Source } from '../run/source.ts';
import type { IndexedItems } from './indexed-items.ts';

/** Less than half of what a chunk is to take. */
export const PULL_BUDGET_MS = 2;

export interface ItemFeedListener {
  /** Something can be taken, or the end of the input is known, that was not when `take` was last called. */
  arrived(): void;
  /** A promised item was rejected. */
  missing(index: number, reason: unknown): void;
  /** The iterator threw. */
  failed(error: unknown): void;
}

export interface ItemFeedBounds {
  /** Promised items that are awaited at a time, beside what is wanted. */
  readonly maxPromisedCount: number;
  /** Whether one more item may be pulled, where chunks of this size are wanted. */
  readonly mayPull: (chunkSize: number) => boolean;
  /** Whether nothing is to be pulled any more. */
  readonly isOver: () => boolean;
}

/** The input of a run, cut into chunks: pulled as far as the next chunk needs, promised items awaited side by side. */
export class ItemFeed<Item> {
  readonly #source: Source<Item>;
  readonly #listener: ItemFeedListener;
  readonly #bounds: ItemFeedBounds;
  #items: Item[] = [];
  #indices: number[] = [];
  /** To be taken one at a time. */
  #single: IndexedItems<Item> = { items: [], indices: [] };
  #promisedCount = 0;
  #isPulling = false;
  #isEnded = false;
  #wantedCount = 0;

  constructor(source: Source<Item>, listener: ItemFeedListener, bounds: ItemFeedBounds) {
    this.#source = source;
    this.#listener = listener;
    this.#bounds = bounds;
  }

  /** Whether nothing is left and nothing more will come. */
  get isDrained(): boolean {
    return this.#isEnded && this.#promisedCount === 0 && this.#items.length === 0 && this.#single.items.length === 0;
  }

  /** Whether promised items have not come. */
  get isAwaiting(): boolean {
    return this.#promisedCount > 0;
  }

  /** Items left, where that is known. */
  get remainingCount(): number | undefined {
    const { size, pulledCount } = this.#source;
    if (size === undefined && !this.#isEnded) return undefined;
    return (this.#isEnded ? 0 : (size ?? 0) - pulledCount) + this.#items.length + this.#promisedCount;
  }

  /**
   * Up to `count` items, as many as are there; none where they are yet to come.
   *
   * @param budgetMs - What an iterator may take for it: this thread does nothing else meanwhile, and others wait for their chunks.
   */
  take(count: number, budgetMs: number): IndexedItems<Item> {
    const { items, indices } = this.#single;
    if (items.length > 0) return { items: items.splice(0, 1), indices: indices.splice(0, 1) };
    this.#wantedCount = count;
    this.#pull(budgetMs);
    if (this.#items.length > count) return { items: this.#items.splice(0, count), indices: this.#indices.splice(0, count) };
    return this.#takeAll();
  }

  /** What was pulled and is still here. */
  leftovers(): IndexedItems<Item> {
    this.putBack(this.#single);
    this.#single = { items: [], indices: [] };
    return this.#takeAll();
  }

  #takeAll(): IndexedItems<Item> {
    const taken = { items: this.#items, indices: this.#indices };
    this.#items = [];
    this.#indices = [];
    return taken;
  }

  /** Items that were taken and not begun: the next ones to be taken. */
  putBack({ items, indices }: IndexedItems<Item>): void {
    this.#items = items.concat(this.#items);
    this.#indices = indices.concat(this.#indices);
  }

  /** Items of a chunk that could not be sent: one at a time, they tell which of them it was. */
  putBackSingly({ items, indices }: IndexedItems<Item>): void {
    this.#single = { items: this.#single.items.concat(items), indices: this.#single.indices.concat(indices) };
  }

  #pull(budgetMs = PULL_BUDGET_MS): void {
    // What has a size is in memory.
    const isTimed = this.#source.size === undefined && budgetMs !== Number.POSITIVE_INFINITY;
    const untilMs = isTimed ? performance.now() + budgetMs : Number.POSITIVE_INFINITY;
    while (
      !(this.#isPulling || this.#isEnded) &&
      this.#items.length < this.#wantedCount &&
      this.#promisedCount < this.#bounds.maxPromisedCount &&
      this.#bounds.mayPull(this.#wantedCount)
    ) {
      if (isTimed && this.#items.length > 0 && performance.now() >= untilMs) return;
      // A chunk of a fixed size takes as long as the iterator does.
      if (this.#source.size === undefined && !isTimed && this.#bounds.isOver()) return;
      try {
        const result = this.#source.next();
        if (isPromiseLike(result)) void this.#pullAsync(result);
        else this.#add(result);
      } catch (error) {
        this.#isEnded = true;
        this.#listener.failed(error);
      }
    }
  }

  async #pullAsync(promisedResult: Promise<IteratorResult<Arriving<Item>>>): Promise<void> {
    this.#isPulling = true;
    try {
      this.#add(await promisedResult);
    } catch (error) {
      this.#isEnded = true;
      this.#listener.failed(error);
    }
    this.#isPulling = false;
    this.#pull();
    this.#listener.arrived();
  }

  #add(result: IteratorResult<Arriving<Item>>): void {
    if (result.done) {
      this.#isEnded = true;
      return;
    }
    const index = this.#source.pulledCount - 1;
    const { value } = result;
    if (isPromiseLike(value)) {
      this.#promisedCount += 1;
      void value.then((item) => this.#arrive(item, index));
    } else {
      this.#items.push(value as Item);
      this.#indices.push(index);
    }
  }

  #arrive(item: Item | MissingItem, index: number): void {
    this.#promisedCount -= 1;
    if (item instanceof MissingItem) this.#listener.missing(index, item.reason);
    else {
      this.#items.push(item);
      this.#indices.push(index);
    }
    this.#pull();
    this.#listener.arrived();
  }
}
