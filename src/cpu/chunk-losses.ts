import { basename } from 'node:path';
import { NotCloneableError, TaskAbandonedError, TaskTimeoutError, WorkerCrashedError } from '../errors.ts';
import type { RunEnd } from '../run/run-end.ts';
import type { ChunkEnd } from './chunk.ts';
import type { ChunkRunParts } from './chunk-run.ts';
import { from, type IndexedItems, until } from './indexed-items.ts';
import type { ItemFeed } from './item-feed.ts';
import { isMoved } from './transferables.ts';
import { maxUnbegun, unbegunReason } from './unbegun.ts';
import { isUncaught } from './worker-pool.ts';

/** What becomes of the items of a chunk that brings no reply: each is rejected, or handed back to be run again. */
export class ChunkLosses<Item, Value> {
  readonly #parts: ChunkRunParts<Item, Value>;
  readonly #feed: ItemFeed<Item>;
  readonly #end: RunEnd;
  readonly #workerName: string;
  /** Threads that ended one after the other before they began anything. */
  #unbegunCount = 0;

  constructor(parts: ChunkRunParts<Item, Value>, feed: ItemFeed<Item>, end: RunEnd) {
    this.#parts = parts;
    this.#feed = feed;
    this.#end = end;
    this.#workerName = basename(parts.file);
  }

  /** A thread has run a chunk. */
  delivered(): void {
    this.#unbegunCount = 0;
  }

  /** Something cannot cross the thread boundary: one at a time, the items tell which of them it is. */
  notSent(taken: IndexedItems<Item>, { kind, cause }: { kind: 'not-cloneable' | 'not-returned'; cause: unknown }): void {
    const attempt = (index: number): string =>
      kind === 'not-cloneable'
        ? `send item ${index} to ${this.#workerName}`
        : `return what ${this.#workerName} made of item ${index}`;
    // What was moved is gone, once it was sent.
    const canRetry = kind === 'not-cloneable' || !this.#parts.options.transfer;
    if (canRetry && taken.items.length > 1) this.#feed.putBackSingly(taken);
    else this.rejectAll(taken, (index) => new NotCloneableError(attempt(index), { cause }));
  }

  /**
   * The thread has ended: it costs the item that ran in it, and of an error that nobody caught the item that left it behind. The
   * others are run again, or for the first time.
   */
  threadEnded(taken: IndexedItems<Item>, { position, why, cause }: Extract<ChunkEnd, { kind: 'thread-ended' }>): void {
    const { options, registry } = this.#parts;
    if (why === 'timeout') registry.ledger.meter?.computed(1, options.timeoutMs ?? 0);
    const reasonFor = (index: number): unknown => {
      if (why === 'timeout') return new TaskTimeoutError(index, options.timeoutMs ?? 0);
      if (why === 'crash') return new WorkerCrashedError(this.#workerName, index, { cause });
      const nextStep = 'its thread was replaced; give the worker smaller items';
      return new TaskAbandonedError(index, this.#end.graceMs, { cause: this.#end.stopCause, nextStep });
    };
    if (why === 'told') {
      this.rejectAll(until(taken, position + 1), reasonFor);
      this.#feed.putBack(from(taken, position + 1));
    } else if (position < 0 && this.#unbegunCount >= maxUnbegun(this.#parts.scheduler, this.#parts.file)) {
      this.rejectAll(
        taken,
        why === 'crash' ? (index) => unbegunReason(this.#parts.scheduler, this.#parts.file, index, cause) : reasonFor,
      );
    } else if (position < 0) {
      // It was ending when the chunk came, or ends while it loads the worker file.
      this.#unbegunCount += 1;
      this.#feed.putBack(this.#unmoved(taken, cause));
    } else if (why === 'crash' && position > 0 && isUncaught(cause)) {
      // An earlier item may have left it behind: alone, each of them tells.
      this.#feed.putBackSingly(this.#unmoved(until(taken, position + 1), cause));
      this.#feed.putBack(this.#unmoved(from(taken, position + 1), cause));
    } else {
      this.rejectAll(from(until(taken, position + 1), position), reasonFor);
      this.#feed.putBack(this.#unmoved(from(taken, position + 1), cause));
      this.#feed.putBack(this.#unmoved(until(taken, position), cause));
    }
  }

  /** What can be sent once more; what was moved is gone with the thread. */
  #unmoved(taken: IndexedItems<Item>, cause: unknown): IndexedItems<Item> {
    if (!this.#parts.options.transfer) return taken;
    const moved: IndexedItems<Item> = { items: [], indices: [] };
    const kept: IndexedItems<Item> = { items: [], indices: [] };
    for (const [position, item] of taken.items.entries()) {
      const { items, indices } = isMoved(item) ? moved : kept;
      items.push(item);
      indices.push(taken.indices[position] as number);
    }
    this.rejectAll(moved, (index) => new WorkerCrashedError(this.#workerName, index, { cause, isMoved: true }));
    return kept;
  }

  rejectAll({ items, indices }: IndexedItems<Item>, reasonFor: (index: number) => unknown): void {
    this.#parts.registry.ledger.rejectedCount += items.length;
    for (const [position, index] of indices.entries()) {
      this.#parts.delivery.rejected(index, reasonFor(index), items[position] as Item);
    }
  }
}
