import { shown } from '../validation.ts';
import { isPromiseLike } from './is-promise-like.ts';

/** What can be mapped: pulled item by item as slots free up. Promised items are awaited before their task starts. */
export type Items<Item> = Iterable<Item | Promise<Item>> | AsyncIterable<Item | Promise<Item>>;

/** What is handed out: promised items have come by then, or are missing. */
export type Arriving<Item> = Item | Promise<Item | MissingItem>;

interface Pull<Item> {
  readonly resolve: (result: IteratorResult<Arriving<Item>>) => void;
}

/** Stands for a promised item that did not come: its promise was rejected, or the run was over first. */
export class MissingItem {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Items on their way into a run, with what iterators do not offer: an end that can be called from outside, also while the
 * iterator's own `next()` is pending, and knowledge of how far it came.
 */
export class Source<Item> {
  /** Items handed out so far. */
  pulledCount = 0;
  /** What an asynchronous iterator threw: p-map forgets it where the end of the input comes at the same time. */
  failure: { readonly error: unknown } | undefined;
  /** Whether the iterator itself has ended. */
  isExhausted = false;
  /** How many items there are where that can be told without pulling them: arrays, sets, maps, typed arrays. */
  readonly size: number | undefined;
  readonly isAsync: boolean;
  readonly #iterator: Iterator<Item | Promise<Item>> | AsyncIterator<Item | Promise<Item>>;
  readonly #pending = new Set<Pull<Item>>();
  /** What gives up each promised item that has not come. */
  readonly #promised = new Set<(missing: MissingItem) => void>();
  /** Stands for every promised item that has not come, once they are given up. */
  #missing: MissingItem | undefined;
  #isClosed = false;

  /** @throws {TypeError} If `items` cannot be iterated. */
  constructor(items: Items<Item>) {
    this.isAsync = items != null && Symbol.asyncIterator in Object(items);
    if (!this.isAsync && !(items != null && Symbol.iterator in Object(items))) {
      throw new TypeError(`Cannot iterate items as they must be an Iterable or AsyncIterable: ${shown(items)}`);
    }
    this.size = sizeOf(items);
    if (this.size !== undefined) handleRejections(items as Iterable<unknown>);
    this.#iterator = this.isAsync
      ? (items as AsyncIterable<Item | Promise<Item>>)[Symbol.asyncIterator]()
      : (items as Iterable<Item | Promise<Item>>)[Symbol.iterator]();
  }

  /** Items that there are to give an outcome to: of what was not read to its end, those known of without pulling as well. */
  get itemCount(): number {
    return this.isExhausted ? this.pulledCount : Math.max(this.size ?? 0, this.pulledCount);
  }

  /** For p-map: an iterable of one iterator, of the kind that the input has. */
  get iterable(): Items<Item | MissingItem> {
    if (this.isAsync) {
      const iterator = { next: () => this.#nextAsync(), return: async () => this.close() };
      return { [Symbol.asyncIterator]: () => iterator };
    }
    const iterator = { next: () => this.#nextSync(), return: () => this.close() };
    return { [Symbol.iterator]: () => iterator };
  }

  /** Ends the source for p-map, and tells the iterator, which may have something to close. Its answer is not waited for. */
  close(): typeof DONE {
    if (this.#isClosed || this.isExhausted) return DONE;
    this.#isClosed = true;
    for (const pull of this.#pending) pull.resolve(DONE);
    this.#pending.clear();
    // What has a size is there to the end, and has nothing to close: `rest` goes on with it.
    if (this.size === undefined) void closeQuietly(this.#iterator);
    return DONE;
  }

  /** What has not been pulled of an input that has a size. */
  *rest(): Generator<Arriving<Item>> {
    if (this.size === undefined) return;
    const iterator = this.#iterator as Iterator<Item | Promise<Item>>;
    for (let result = this.#counted(iterator.next()); !result.done; result = this.#counted(iterator.next())) yield result.value;
  }

  /** Ends the wait for promised items: what has not come is missing, and what is handed out later must have come by then. */
  giveUp(reason: unknown): void {
    this.#missing = new MissingItem(reason);
    for (const resolve of this.#promised) resolve(this.#missing);
    this.#promised.clear();
  }

  /** The next item, of an iterator of either kind. */
  next(): IteratorResult<Arriving<Item>> | Promise<IteratorResult<Arriving<Item>>> {
    return this.isAsync ? this.#nextAsync() : this.#nextSync();
  }

  #nextSync(): IteratorResult<Arriving<Item>> {
    if (this.#isClosed) return DONE;
    return this.#counted((this.#iterator as Iterator<Item | Promise<Item>>).next());
  }

  #nextAsync(): Promise<IteratorResult<Arriving<Item>>> {
    if (this.#isClosed) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      const pull = { resolve };
      this.#pending.add(pull);
      // Not every iterator that calls itself asynchronous answers with a promise; `for await` takes those as well.
      Promise.resolve((this.#iterator as AsyncIterator<Item | Promise<Item>>).next()).then(
        (result) => {
          if (this.#pending.delete(pull)) resolve(this.#counted(result));
        },
        (error) => {
          this.failure = { error };
          reject(error);
        },
      );
    });
  }

  #counted(result: IteratorResult<Item | Promise<Item>>): IteratorResult<Arriving<Item>> {
    if (result.done) {
      this.isExhausted = true;
      return result;
    }
    this.pulledCount += 1;
    const { value } = result;
    return isPromiseLike(value) ? { done: false, value: this.#arrivalOf(value) } : (result as IteratorYieldResult<Item>);
  }

  #arrivalOf(promised: PromiseLike<Item>): Promise<Item | MissingItem> {
    return new Promise((resolve) => {
      this.#promised.add(resolve);
      const arrived = (item: Item | MissingItem): void => {
        this.#promised.delete(resolve);
        resolve(item);
      };
      promised.then(arrived, (reason) => arrived(new MissingItem(reason)));
      const missing = this.#missing;
      // One turn after the promise's own: it wins where it is settled.
      if (missing !== undefined) queueMicrotask(() => arrived(missing));
    });
  }
}

/** An iterator that fails to close has nothing more to tell this run. */
async function closeQuietly(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {}
}

/** A promised item that is rejected before it is pulled, or never pulled, must not end the process as an unhandled rejection. */
function handleRejections(items: Iterable<unknown>): void {
  for (const item of items) if (isPromiseLike(item)) item.then(undefined, () => undefined);
}

function sizeOf(items: unknown): number | undefined {
  if (Array.isArray(items) || ArrayBuffer.isView(items)) return (items as unknown[]).length;
  if (items instanceof Set || items instanceof Map) return items.size;
  return undefined;
}
