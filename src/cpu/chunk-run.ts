import { AsyncLocalStorage } from 'node:async_hooks';
import { basename } from 'node:path';
import { NotCloneableError, TaskAbandonedError, TaskTimeoutError, WorkerCrashedError } from '../errors.ts';
import type { SkipReason } from '../result/outcome.ts';
import { RunEnd } from '../run/run-end.ts';
import type { OpenRun, RunRegistry } from '../run/run-registry.ts';
import type { Source } from '../run/source.ts';
import { ChunkSize } from './chunk-size.ts';
import type { CpuLedger } from './cpu-ledger.ts';
import type { ResolvedCpuMapOptions } from './cpu-options.ts';
import { type IndexedItems, ItemFeed, type ItemFeedListener, PULL_BUDGET_MS } from './item-feed.ts';
import { workerLoadError } from './load-error.ts';
import { reasonOf } from './packed-error.ts';
import type { ChunkReply } from './protocol.ts';
import type { Chunk, ChunkEnd, ChunkFlight, ChunkSource, ThreadScheduler } from './thread-scheduler.ts';
import { buffersOf, isMoved } from './transferables.ts';
import { type WorkerLogger, writeLines } from './worker-logger.ts';
import { isUncaught } from './worker-pool.ts';

/** What every call of one invocation's engine has in common. */
export interface CpuEngineParts {
  readonly registry: RunRegistry<CpuLedger>;
  readonly scheduler: ThreadScheduler;
  readonly logger: WorkerLogger;
}

/** What the call that runs the items makes of each outcome. */
export interface ChunkDelivery<Item, Value> {
  fulfilled(index: number, value: Value, item: Item): void;
  rejected(index: number, reason: unknown, item: Item): void;
  /** A promised item was rejected: there is no item. */
  missing(index: number, reason: unknown): void;
}

export interface ChunkRunParts<Item, Value> extends CpuEngineParts {
  /** The worker file. */
  readonly file: string;
  readonly source: Source<Item>;
  readonly options: ResolvedCpuMapOptions;
  readonly delivery: ChunkDelivery<Item, Value>;
  /** Whether one more item may be pulled, with chunks of this size. Without it the input is pulled as fast as threads are free. */
  readonly mayPull?: (chunkSize: number) => boolean;
  readonly maxChunkSize?: number | undefined;
  /** Whether items that were read have their outcomes before what reading on threw is told. */
  readonly isPatient?: boolean;
  /** Whether items in threads are waited for when the run is stopped, as long as the deadline's grace allows. */
  readonly hasGrace: boolean;
}

/** Threads in a row that may end before they begin anything, until it is the worker file that is to blame. */
const MAX_UNBEGUN = 3;
/** The same of a file that has been loaded before: it is what other items have left behind. */
const MAX_UNBEGUN_LOADED = 100;

export function maxUnbegun({ scheduler }: CpuEngineParts, file: string): number {
  return scheduler.hasLoaded(file) ? MAX_UNBEGUN_LOADED : MAX_UNBEGUN;
}

/** Why an item was given up whose threads ended again and again before they began it. */
export function unbegunReason({ scheduler }: CpuEngineParts, file: string, index: number, cause: unknown): Error {
  return scheduler.hasLoaded(file) ? new WorkerCrashedError(basename(file), index, { cause }) : workerLoadError(file, cause);
}

/** A chunk in a thread, with the items it was made of. */
interface Airborne<Item> {
  readonly flight: ChunkFlight;
  readonly taken: IndexedItems<Item>;
  /** Since when it could have been with a thread, where that is measured. */
  readonly waitingSinceMs: number;
  /** What it took to send it, in ms. */
  readonly sendMs: number;
}

/** The items of one `map`, `mapSettled` or `stream`: cut into chunks when a thread is free, with one outcome each, whatever becomes of it. */
export class ChunkRun<Item, Value> implements ChunkSource, OpenRun, ItemFeedListener {
  place = -1;
  isWaiting = false;
  readonly end: RunEnd;
  /** Resolves when every item that was begun has its outcome; rejects with what reading the input threw. */
  readonly done: Promise<void>;
  /** What reading the input threw. */
  inputFailure: { readonly error: unknown } | undefined;
  readonly #parts: ChunkRunParts<Item, Value>;
  readonly #feed: ItemFeed<Item>;
  readonly #size: ChunkSize;
  readonly #airborne = new Set<Airborne<Item>>();
  readonly #completion = Promise.withResolvers<void>();
  /** Chunks are cut and come back when a thread is free, in whoever's turn that is: iterators and loggers get their caller's. */
  readonly #inContext = AsyncLocalStorage.snapshot();
  #isOver = false;
  /** Since when the next chunk could be with a thread, where that is measured. */
  #waitingSinceMs = 0;
  /** Threads that ended one after the other before they began anything. */
  #unbegunCount = 0;

  /** @throws {InvocationEndedError} After the end of the invocation. */
  static open<Item, Value>(parts: ChunkRunParts<Item, Value>): ChunkRun<Item, Value> {
    const run = parts.registry.open(() => new ChunkRun(parts));
    run.#enlist();
    return run;
  }

  private constructor(parts: ChunkRunParts<Item, Value>) {
    this.#parts = parts;
    const { registry, scheduler, source, options, hasGrace, mayPull = () => true } = parts;
    this.#feed = new ItemFeed(source, this, {
      maxPromisedCount: scheduler.threadCount,
      mayPull,
      isOver: () => this.end.isStopped,
    });
    this.#size = new ChunkSize(scheduler.threadCount);
    this.done = this.#completion.promise;
    const { deadline } = registry;
    this.end = new RunEnd({ deadline, signal: options.signal, hasGrace, onStop: () => this.#tell() });
    void this.end.over.then(() => this.#abandon());
    if (this.end.stopReason !== undefined) this.#completeIfDone();
  }

  next(): Chunk | undefined {
    return this.end.isStopped ? undefined : this.#inContext(() => this.#cut());
  }

  stop(reason: SkipReason, cause: unknown): void {
    this.end.stop(reason, cause);
  }

  finish(): void {
    this.end.finish();
  }

  /** Items that were pulled and not begun. */
  leftovers(): IndexedItems<Item> {
    return this.#feed.leftovers();
  }

  arrived(): void {
    if (!this.#completeIfDone()) this.#enlist();
  }

  missing(index: number, reason: unknown): void {
    if (this.#isOver) return;
    this.#parts.registry.ledger.rejectedCount += 1;
    this.#parts.delivery.missing(index, reason);
  }

  failed(error: unknown): void {
    this.inputFailure = { error };
    if (!this.#parts.isPatient) this.#completion.reject(error);
  }

  /** Whether promised items were pulled that have not come. */
  get isAwaiting(): boolean {
    return this.#feed.isAwaiting;
  }

  #enlist(): void {
    if (this.#parts.registry.ledger.meter !== undefined && !this.isWaiting) this.#waitingSinceMs = performance.now();
    this.#parts.scheduler.enlist(this);
  }

  #cut(): Chunk | undefined {
    const { options, file } = this.#parts;
    const taken = this.#feed.take(this.#wantedCount(), options.chunk === 'auto' ? PULL_BUDGET_MS : Number.POSITIVE_INFINITY);
    // Whoever gave the items may have stopped the run.
    if (taken.items.length === 0 || this.end.isStopped) {
      this.#feed.putBack(taken);
      this.#completeIfDone();
      return undefined;
    }
    const isAuto = options.chunk === 'auto' && !options.transfer;
    const cutAtMs = performance.now();
    const waitingSinceMs = this.#waitingSinceMs;
    this.#waitingSinceMs = cutAtMs;
    let airborne: Airborne<Item>;
    return {
      file,
      inputs: taken.items,
      // Moved inputs are gone: they cannot be handed back.
      budgetMs: isAuto ? this.#size.budgetMs : Number.POSITIVE_INFINITY,
      timeoutMs: options.timeoutMs,
      buffers: options.transfer ? buffersOf(taken.items) : [],
      started: (flight) => {
        this.#parts.registry.ledger.started();
        this.#parts.registry.ledger.chunkCount += 1;
        airborne = { flight, taken, waitingSinceMs, sendMs: performance.now() - cutAtMs };
        this.#airborne.add(airborne);
      },
      ended: (end) => this.#inContext(() => this.#land(airborne, end)),
    };
  }

  #wantedCount(): number {
    const { options, maxChunkSize = Number.POSITIVE_INFINITY } = this.#parts;
    if (options.chunk !== 'auto') return Math.min(options.chunk, maxChunkSize);
    return options.transfer ? 1 : Math.min(this.#size.next(this.#feed.remainingCount), maxChunkSize);
  }

  #land(airborne: Airborne<Item>, end: ChunkEnd): void {
    this.#parts.registry.ledger.ended();
    // Its items have their outcomes.
    if (!this.#airborne.delete(airborne)) return;
    const { taken } = airborne;
    if (end.kind === 'replied') this.#deliver(airborne, end.reply);
    else if (this.end.stopReason !== undefined)
      this.#mourn(taken, { kind: 'thread-ended', position: airborne.flight.position, why: 'told', cause: undefined });
    else if (end.kind === 'not-loaded') this.#rejectAll(taken, () => workerLoadError(this.#parts.file, end.cause));
    else if (end.kind === 'not-cloneable' || end.kind === 'not-returned') this.#refuse(taken, end);
    else this.#mourn(taken, end);
    if (!this.#completeIfDone()) this.#enlist();
  }

  #deliver({ taken, waitingSinceMs, sendMs }: Airborne<Item>, [, durationMs, values, rejections = [], logs]: ChunkReply): void {
    const { registry, delivery, logger } = this.#parts;
    const { ledger } = registry;
    const { items, indices } = taken;
    this.#unbegunCount = 0;
    this.#size.measured(values.length, Math.max(durationMs, sendMs));
    if (values.length < items.length) this.#feed.putBack(from(taken, values.length));
    if (logs !== undefined) writeLines(logger, logs);
    ledger.busyMs += durationMs;
    // A chunk that was told to stop before it began anything has not been waited for any more.
    if (ledger.meter !== undefined && values.length > 0) {
      ledger.meter.waited(performance.now() - durationMs - waitingSinceMs);
      ledger.meter.computed(values.length, durationMs);
    }
    ledger.rejectedCount += rejections.length;
    ledger.fulfilledCount += values.length - rejections.length;
    let rejectedCount = 0;
    for (let position = 0; position < values.length; position += 1) {
      const index = indices[position] as number;
      const item = items[position] as Item;
      const rejection = rejections[rejectedCount];
      if (rejection?.position === position) {
        rejectedCount += 1;
        delivery.rejected(index, reasonOf(rejection, this.#workerName, index), item);
      } else delivery.fulfilled(index, values[position] as Value, item);
    }
  }

  /** Something cannot cross the thread boundary: one at a time, the items tell which of them it is. */
  #refuse(taken: IndexedItems<Item>, { kind, cause }: { kind: 'not-cloneable' | 'not-returned'; cause: unknown }): void {
    const attempt = (index: number): string =>
      kind === 'not-cloneable'
        ? `send item ${index} to ${this.#workerName}`
        : `return what ${this.#workerName} made of item ${index}`;
    // What was moved is gone, once it was sent.
    const canRetry = kind === 'not-cloneable' || !this.#parts.options.transfer;
    if (canRetry && taken.items.length > 1) this.#feed.putBackSingly(taken);
    else this.#rejectAll(taken, (index) => new NotCloneableError(attempt(index), { cause }));
  }

  /**
   * The thread has ended: it costs the item that ran in it, and of an error that nobody caught the item that left it behind. The
   * others are run again, or for the first time.
   */
  #mourn(taken: IndexedItems<Item>, { position, why, cause }: Extract<ChunkEnd, { kind: 'thread-ended' }>): void {
    const { options, registry } = this.#parts;
    if (why === 'timeout') registry.ledger.meter?.computed(1, options.timeoutMs ?? 0);
    const reasonFor = (index: number): unknown => {
      if (why === 'timeout') return new TaskTimeoutError(index, options.timeoutMs ?? 0);
      if (why === 'crash') return new WorkerCrashedError(this.#workerName, index, { cause });
      const nextStep = 'its thread was replaced; give the worker smaller items';
      return new TaskAbandonedError(index, this.end.graceMs, { cause: this.end.stopCause, nextStep });
    };
    if (why === 'told') {
      this.#rejectAll(until(taken, position + 1), reasonFor);
      this.#feed.putBack(from(taken, position + 1));
    } else if (position < 0 && this.#unbegunCount >= maxUnbegun(this.#parts, this.#parts.file)) {
      this.#rejectAll(taken, why === 'crash' ? (index) => unbegunReason(this.#parts, this.#parts.file, index, cause) : reasonFor);
    } else if (position < 0) {
      // It was ending when the chunk came, or ends while it loads the worker file.
      this.#unbegunCount += 1;
      this.#feed.putBack(this.#unmoved(taken, cause));
    } else if (why === 'crash' && position > 0 && isUncaught(cause)) {
      // An earlier item may have left it behind: alone, each of them tells.
      this.#feed.putBackSingly(this.#unmoved(until(taken, position + 1), cause));
      this.#feed.putBack(this.#unmoved(from(taken, position + 1), cause));
    } else {
      this.#rejectAll(from(until(taken, position + 1), position), reasonFor);
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
    this.#rejectAll(moved, (index) => new WorkerCrashedError(this.#workerName, index, { cause, isMoved: true }));
    return kept;
  }

  #rejectAll({ items, indices }: IndexedItems<Item>, reasonFor: (index: number) => unknown): void {
    this.#parts.registry.ledger.rejectedCount += items.length;
    for (const [position, index] of indices.entries()) {
      this.#parts.delivery.rejected(index, reasonFor(index), items[position] as Item);
    }
  }

  /** Nothing more is cut; threads are told, and ended where they do not listen. */
  #tell(): void {
    const { registry, scheduler, source } = this.#parts;
    scheduler.delist(this);
    source.close();
    const { graceMs } = registry.deadline;
    for (const { flight } of this.#airborne) flight.stop(graceMs);
    this.#completeIfDone();
  }

  /** The grace is over: what is still in a thread is not waited for. */
  #abandon(): void {
    for (const { flight, taken } of this.#airborne) {
      const { position } = flight;
      this.#mourn(taken, { kind: 'thread-ended', position, why: 'told', cause: undefined });
    }
    this.#airborne.clear();
    this.#isOver = true;
    this.#completion.resolve();
  }

  get #workerName(): string {
    return basename(this.#parts.file);
  }

  #completeIfDone(): boolean {
    // A stream yields promised items that come within the grace.
    const isStopped = this.end?.stopReason !== undefined && !(this.#parts.isPatient && this.#feed.isAwaiting);
    const isDone = this.#airborne.size === 0 && (isStopped || this.#feed.isDrained);
    if (isDone) this.#completion.resolve();
    return isDone;
  }
}

function from<Item>({ items, indices }: IndexedItems<Item>, start: number): IndexedItems<Item> {
  return { items: items.slice(start), indices: indices.slice(start) };
}

function until<Item>({ items, indices }: IndexedItems<Item>, end: number): IndexedItems<Item> {
  return { items: items.slice(0, end), indices: indices.slice(0, end) };
}
