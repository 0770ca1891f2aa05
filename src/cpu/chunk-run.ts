import { AsyncLocalStorage } from 'node:async_hooks';
import { basename } from 'node:path';
import type { SkipReason } from '../result/outcome.ts';
import { RunEnd } from '../run/run-end.ts';
import type { OpenRun, RunRegistry } from '../run/run-registry.ts';
import type { Source } from '../run/source.ts';
import type { Chunk, ChunkEnd, ChunkSource } from './chunk.ts';
import type { ChunkFlight } from './chunk-flight.ts';
import { ChunkLosses } from './chunk-losses.ts';
import { ChunkSize } from './chunk-size.ts';
import type { CpuLedger } from './cpu-ledger.ts';
import type { ResolvedCpuMapOptions } from './cpu-options.ts';
import { from, type IndexedItems } from './indexed-items.ts';
import { ItemFeed, type ItemFeedListener, PULL_BUDGET_MS } from './item-feed.ts';
import { workerLoadError } from './load-error.ts';
import { reasonOf } from './packed-error.ts';
import type { ChunkReply } from './protocol.ts';
import type { ThreadScheduler } from './thread-scheduler.ts';
import { buffersOf } from './transferables.ts';
import { type WorkerLogger, writeLines } from './worker-logger.ts';

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
  readonly #losses: ChunkLosses<Item, Value>;
  readonly #airborne = new Set<Airborne<Item>>();
  readonly #completion = Promise.withResolvers<void>();
  /** Chunks are cut and come back when a thread is free, in whoever's turn that is: iterators and loggers get their caller's. */
  readonly #inContext = AsyncLocalStorage.snapshot();
  #isOver = false;
  /** Since when the next chunk could be with a thread, where that is measured. */
  #waitingSinceMs = 0;

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
    this.#losses = new ChunkLosses(parts, this.#feed, this.end);
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
      this.#losses.threadEnded(taken, {
        kind: 'thread-ended',
        position: airborne.flight.position,
        why: 'told',
        cause: undefined,
      });
    else if (end.kind === 'not-loaded') this.#losses.rejectAll(taken, () => workerLoadError(this.#parts.file, end.cause));
    else if (end.kind === 'not-cloneable' || end.kind === 'not-returned') this.#losses.notSent(taken, end);
    else this.#losses.threadEnded(taken, end);
    if (!this.#completeIfDone()) this.#enlist();
  }

  #deliver({ taken, waitingSinceMs, sendMs }: Airborne<Item>, [, durationMs, values, rejections = [], logs]: ChunkReply): void {
    const { registry, delivery, logger } = this.#parts;
    const { ledger } = registry;
    const { items, indices } = taken;
    this.#losses.delivered();
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
        delivery.rejected(index, reasonOf(rejection, basename(this.#parts.file), index), item);
      } else delivery.fulfilled(index, values[position] as Value, item);
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
      this.#losses.threadEnded(taken, { kind: 'thread-ended', position, why: 'told', cause: undefined });
    }
    this.#airborne.clear();
    this.#isOver = true;
    this.#completion.resolve();
  }

  #completeIfDone(): boolean {
    // A stream yields promised items that come within the grace.
    const isStopped = this.end?.stopReason !== undefined && !(this.#parts.isPatient && this.#feed.isAwaiting);
    const isDone = this.#airborne.size === 0 && (isStopped || this.#feed.isDrained);
    if (isDone) this.#completion.resolve();
    return isDone;
  }
}
