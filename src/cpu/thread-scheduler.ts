import { setTimeout as sleep } from 'node:timers/promises';
import { Fifo } from './fifo.ts';
import { NOT_BEGUN, type Progress } from './progress.ts';
import { type ChunkReply, isReply, REQUEST } from './protocol.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What a thread runs at a time: some inputs for one worker. */
export interface Chunk {
  /** The worker file. */
  readonly file: string;
  readonly inputs: readonly unknown[];
  /** As of {@link Progress}. */
  readonly budgetMs: number;
  /** Of one item, from the moment on that its thread begins it. */
  readonly timeoutMs: number | undefined;
  /** Moved with the inputs. */
  readonly buffers: readonly ArrayBuffer[];
  /** Called once when the chunk is with a thread, or next in line for one. */
  started(flight: ChunkFlight): void;
  /** Called once, when the thread is free again. */
  ended(end: ChunkEnd): void;
}

export type ChunkEnd =
  | { readonly kind: 'replied'; readonly reply: ChunkReply }
  /** Before anything was begun, because the inputs cannot be sent. */
  | { readonly kind: 'not-cloneable'; readonly cause: unknown }
  /** After everything was run, because what the worker returned cannot be sent; it ended the thread. */
  | { readonly kind: 'not-returned'; readonly cause: unknown }
  /** Before anything was begun: the worker file could not be loaded, or is none. */
  | { readonly kind: 'not-loaded'; readonly cause: unknown }
  /** With the input at `position`; earlier ones were run, and their values are lost. */
  | { readonly kind: 'thread-ended'; readonly position: number; readonly why: ThreadEnd; readonly cause: unknown };

/** `crash`: by itself. `timeout`: an item ran longer than its timeout. `told`: it went on after it was told to stop. */
export type ThreadEnd = 'crash' | 'timeout' | 'told';

/** Who has chunks to run. */
export interface ChunkSource {
  /** Kept by the scheduler. */
  isWaiting: boolean;
  /** The next one, cut now that a thread is free; `undefined` where there is none at the moment: enlist again when there is. */
  next(): Chunk | undefined;
}

/** Beside its timeout, an item that a thread has not begun may still wait for that thread to start and to load the worker file. */
const LOAD_TIMEOUT_MS = 10_000;

/**
 * How often a thread is looked at that is not ended because it is loading a worker file. Node 24.21 aborts the whole process
 * where a thread is ended just when `require()` of an ES module returns: 1 of 1,500 threads ended while they loaded TypeScript.
 */
const LOADING_CHECK_MS = 10;

/** Files load in less; one that never does is ended with its thread all the same. */
const CLOSE_PATIENCE_MS = 1000;

/** Hands chunks to the threads of one pool: one per thread and one more that is next in line, the sources in turn, each cut as late as that. */
export class ThreadScheduler {
  readonly threadCount: number;
  readonly #pool: WorkerPool;
  readonly #freeSlots: number[];
  /** By their slot. */
  readonly #flights: (ChunkFlight | undefined)[] = [];
  readonly #waiting = new Fifo<ChunkSource>();
  readonly #loadedFiles = new Set<string>();
  #isFilling = false;
  #closed: Promise<void> | undefined;

  constructor(pool: WorkerPool) {
    this.#pool = pool;
    this.threadCount = pool.threadCount;
    this.#freeSlots = Array.from({ length: pool.slotCount }, (_, slot) => slot);
  }

  /** Takes the source's chunks from now on, until it has none. */
  enlist(source: ChunkSource): void {
    if (!source.isWaiting) {
      source.isWaiting = true;
      this.#waiting.push(source);
    }
    this.#fill();
  }

  /** The source is not asked any more. */
  delist(source: ChunkSource): void {
    // Its place in the line is passed over.
    source.isWaiting = false;
  }

  /** Lets every thread load these worker files, so that no item waits for it. What fails is reported by the items. */
  preload(files: readonly string[]): void {
    for (const file of files) {
      let missingCount = this.threadCount;
      const next = (): Chunk | undefined => {
        missingCount -= 1;
        return missingCount < 0 ? undefined : emptyChunk(file);
      };
      this.enlist({ isWaiting: false, next });
    }
  }

  /** Whether a thread has run this worker file: what ends others before they begin anything is something else. */
  hasLoaded(file: string): boolean {
    return this.#loadedFiles.has(file);
  }

  /** Ends the threads, once those that load a worker file have it. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const isLoading = (): boolean => this.#flights.some((flight) => flight?.isLoading);
    for (let waitedMs = 0; isLoading() && waitedMs < CLOSE_PATIENCE_MS; waitedMs += LOADING_CHECK_MS)
      await sleep(LOADING_CHECK_MS);
    await this.#pool.close();
  }

  #fill(): void {
    // A source may enlist another one while it is asked.
    if (this.#isFilling || this.#closed !== undefined) return;
    this.#isFilling = true;
    try {
      this.#fillSlots();
    } finally {
      this.#isFilling = false;
    }
  }

  #fillSlots(): void {
    while (this.#freeSlots.length > 0) {
      const source = this.#waiting.shift();
      if (source === undefined) break;
      if (!source.isWaiting) continue;
      const chunk = source.next();
      if (chunk === undefined) {
        source.isWaiting = false;
        continue;
      }
      // To the end of the line.
      this.#waiting.push(source);
      this.#start(chunk, this.#freeSlots.pop() as number);
    }
  }

  #start(chunk: Chunk, slot: number): void {
    const { file, inputs, budgetMs, timeoutMs, buffers } = chunk;
    const flight = new ChunkFlight(this.#pool, slot);
    this.#flights[slot] = flight;
    this.#pool.progressOf(slot).prepare({ budgetMs, isTimed: timeoutMs !== undefined, isMoved: buffers.length > 0 });
    this.#pool.run(file, [REQUEST, slot, inputs], buffers).then(
      (reply) => this.#land(chunk, flight, this.#endWith(file, reply)),
      (cause) => this.#land(chunk, flight, endOf(chunk, flight, cause)),
    );
    if (timeoutMs !== undefined) flight.watch(timeoutMs);
    chunk.started(flight);
  }

  #endWith(file: string, reply: unknown): ChunkEnd {
    if (!isReply(reply)) return NOT_A_WORKER;
    this.#loadedFiles.add(file);
    return { kind: 'replied', reply };
  }

  #land(chunk: Chunk, flight: ChunkFlight, end: ChunkEnd): void {
    flight.land();
    this.#flights[flight.slot] = undefined;
    this.#freeSlots.push(flight.slot);
    chunk.ended(end);
    this.#fill();
  }
}

/** Its file was loaded and run, and answered as no worker does. */
const NOT_A_WORKER: ChunkEnd = { kind: 'not-loaded', cause: undefined };

/** A chunk that is with a thread, or next in line for one. */
export class ChunkFlight {
  readonly #pool: WorkerPool;
  readonly slot: number;
  #timer: NodeJS.Timeout | undefined;
  #hasLanded = false;
  /** The input that took too long. */
  #overdue: number | undefined;
  /** Why the thread was ended from here. */
  threadEnd: ThreadEnd = 'crash';

  constructor(pool: WorkerPool, slot: number) {
    this.#pool = pool;
    this.slot = slot;
  }

  /** The input that the worker was last called with, {@link NOT_BEGUN} before the first. */
  get position(): number {
    return this.#overdue ?? this.#progress.position;
  }

  /** Whether a thread has it, and lives. */
  get hasThread(): boolean {
    return this.#pool.hasThread(this.slot);
  }

  /** Whether a thread has it and has begun nothing: it may be loading the worker file. */
  get isLoading(): boolean {
    return this.position === NOT_BEGUN && this.hasThread;
  }

  /** Whether what came back could not be read: the thread was ended for it. */
  get isUnreadable(): boolean {
    return this.#pool.isUnreadable(this.slot);
  }

  /** Whether the worker was called with every input, and only the reply is not there yet. */
  get isFinished(): boolean {
    return this.#progress.isFinished;
  }

  /** Nothing further is begun; the thread is ended if it is still at it after `graceMs`. */
  stop(graceMs: number): void {
    if (this.#hasLanded) return;
    this.#progress.requestStop();
    clearTimeout(this.#timer);
    // At once where there is no time: the environment may be frozen before a timer comes.
    if (graceMs <= 0) this.#endUnlessLoading(0);
    else this.#timer = setTimeout(() => this.#endUnlessLoading(0), graceMs);
  }

  /** A thread that loads begins nothing any more when it has been told to stop. */
  #endUnlessLoading(waitedMs: number): void {
    if (this.isLoading && waitedMs < LOAD_TIMEOUT_MS) {
      this.#timer = setTimeout(() => this.#endUnlessLoading(waitedMs + LOADING_CHECK_MS), LOADING_CHECK_MS);
    } else this.endThread('told');
  }

  endThread(why: ThreadEnd): void {
    // One that is next in line begins nothing any more.
    if (this.#hasLanded || !this.#pool.hasThread(this.slot)) return;
    this.threadEnd = why;
    // The thread may go on to its next item before it ends.
    if (why === 'timeout') this.#overdue = this.position;
    this.#pool.replaceThread(this.slot);
  }

  /** Ends the thread when an item has run for `timeoutMs`. */
  watch(timeoutMs: number): void {
    // Summed up, not read from the clock: while an environment is frozen, no thread loads.
    let loadingMs = 0;
    let sliceMs = timeoutMs;
    const leftMsNow = (): number => {
      if (this.position !== NOT_BEGUN) return timeoutMs - this.#progress.runningMs;
      // Next in line for a thread: the time has not begun to count.
      if (this.#pool.hasThread(this.slot)) loadingMs += sliceMs;
      return timeoutMs + LOAD_TIMEOUT_MS - loadingMs;
    };
    const check = (): void => {
      // The reply is on its way, and this thread was busy with something else.
      if (this.isFinished) return;
      const leftMs = leftMsNow();
      if (leftMs <= 0) this.endThread('timeout');
      else {
        sliceMs = Math.min(leftMs, timeoutMs);
        this.#timer = setTimeout(check, sliceMs);
      }
    };
    this.#timer = setTimeout(check, timeoutMs);
  }

  land(): void {
    this.#hasLanded = true;
    clearTimeout(this.#timer);
  }

  get #progress(): Progress {
    return this.#pool.progressOf(this.slot);
  }
}

/** A worker that was called never rejects, so from then on a failure is the end of its thread. */
function endOf({ inputs, buffers }: Chunk, flight: ChunkFlight, cause: unknown): ChunkEnd {
  const { position, threadEnd: why, isFinished, hasThread } = flight;
  if (why === 'crash' && flight.isUnreadable) return { kind: 'not-returned', cause: UNREADABLE };
  if (why === 'crash' && isFinished && position !== NOT_BEGUN && isAboutCloning(cause)) return { kind: 'not-returned', cause };
  if (why !== 'crash' || position !== NOT_BEGUN || !hasThread) return { kind: 'thread-ended', position, why, cause };
  if ((cause as Partial<Error> | null)?.name === 'DataCloneError') return { kind: 'not-cloneable', cause };
  // What was moved has been sent.
  if (buffers[0]?.detached !== true) {
    try {
      structuredClone(inputs);
    } catch (reason) {
      return { kind: 'not-cloneable', cause: reason };
    }
  }
  return { kind: 'not-loaded', cause };
}

/** The stack of a thread is larger than that of the main thread. */
const UNREADABLE = new DOMException('it could be written there, and not read here', 'DataCloneError');

/** Where V8 cannot clone a proxy or a detached buffer, what ends the thread has neither name nor message. */
function isAboutCloning(cause: unknown): boolean {
  const { name, message } = (cause ?? {}) as Partial<Error>;
  return name === 'DataCloneError' || !message;
}

function emptyChunk(file: string): Chunk {
  const ignore = (): void => undefined;
  // With a timeout, because loading may take for ever.
  return { file, inputs: [], budgetMs: 0, timeoutMs: 1000, buffers: [], started: ignore, ended: ignore };
}
