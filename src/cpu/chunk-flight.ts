import type { Chunk, ChunkEnd, ThreadEnd } from './chunk.ts';
import { NOT_BEGUN, type Progress } from './progress.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Beside its timeout, an item that a thread has not begun may still wait for that thread to start and to load the worker file. */
const LOAD_TIMEOUT_MS = 10_000;

/**
 * How often a thread is looked at that is not ended because it is loading a worker file. Node 24.21 aborts the whole process
 * where a thread is ended just when `require()` of an ES module returns: 1 of 1,500 threads ended while they loaded TypeScript.
 */
export const LOADING_CHECK_MS = 10;

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
export function endOf({ inputs, buffers }: Chunk, flight: ChunkFlight, cause: unknown): ChunkEnd {
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
