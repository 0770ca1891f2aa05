/** A cache line each, so that threads that note their progress do not wait for each other. */
const BYTES_PER_SLOT = 64;
const STOP = 0;
const POSITION = 1;
const STARTED_AT_MS = 2;
const FINISHED = 3;
const BUDGET_MS = 4;
const IS_TIMED = 5;
const IS_MOVED = 6;
/** The clock fits into 31 bits and starts again after 24 days, longer than any task. */
const CLOCK_MASK = 0x7fff_ffff;

/** Of a chunk whose worker has not been called yet. */
export const NOT_BEGUN = -1;

/**
 * How far a thread has come with its chunk, in memory that both sides see: it is read when the thread has ended and can say
 * nothing any more, and it is how a chunk is told to stop while the thread's event loop is busy.
 */
export class Progress {
  readonly #memory: Int32Array;

  static allocate(slotCount: number): SharedArrayBuffer {
    return new SharedArrayBuffer(slotCount * BYTES_PER_SLOT);
  }

  constructor(memory: SharedArrayBuffer, slot: number) {
    this.#memory = new Int32Array(memory, slot * BYTES_PER_SLOT, BYTES_PER_SLOT / Int32Array.BYTES_PER_ELEMENT);
  }

  /**
   * For the pool: before a chunk is sent.
   *
   * @param budgetMs - After this time no further input is begun: what is left goes to whichever thread is free. `Infinity`: all are run.
   * @param isTimed - Whether the start of each item is to be noted, because it has a timeout.
   * @param isMoved - Whether buffers of the inputs were moved: they cannot be sent once more.
   */
  prepare({ budgetMs, isTimed, isMoved }: { budgetMs: number; isTimed: boolean; isMoved: boolean }): void {
    Atomics.store(this.#memory, BUDGET_MS, Number.isFinite(budgetMs) ? budgetMs : -1);
    Atomics.store(this.#memory, IS_TIMED, Number(isTimed));
    Atomics.store(this.#memory, IS_MOVED, Number(isMoved));
    Atomics.store(this.#memory, FINISHED, 0);
    Atomics.store(this.#memory, POSITION, NOT_BEGUN);
    Atomics.store(this.#memory, STOP, 0);
  }

  get budgetMs(): number {
    const budgetMs = Atomics.load(this.#memory, BUDGET_MS);
    return budgetMs < 0 ? Number.POSITIVE_INFINITY : budgetMs;
  }

  requestStop(): void {
    Atomics.store(this.#memory, STOP, 1);
  }

  get isStopRequested(): boolean {
    return Atomics.load(this.#memory, STOP) === 1;
  }

  get isMoved(): boolean {
    return Atomics.load(this.#memory, IS_MOVED) === 1;
  }

  /** For the thread: before the worker is called with the input at `position`. */
  begin(position: number): void {
    if (Atomics.load(this.#memory, IS_TIMED) === 1) Atomics.store(this.#memory, STARTED_AT_MS, Date.now() & CLOCK_MASK);
    Atomics.store(this.#memory, POSITION, position);
  }

  /** For the thread: after the last one. */
  finish(): void {
    Atomics.store(this.#memory, FINISHED, 1);
  }

  get isFinished(): boolean {
    return Atomics.load(this.#memory, FINISHED) === 1;
  }

  /** The input that the worker was last called with. */
  get position(): number {
    return Atomics.load(this.#memory, POSITION);
  }

  /** How long it has been running with it, in ms. Noted only where it is timed. */
  get runningMs(): number {
    // Loaded first: the thread may go on to its next item in between.
    const startedAtMs = Atomics.load(this.#memory, STARTED_AT_MS);
    const runningMs = (Date.now() - startedAtMs) & CLOCK_MASK;
    // A clock that was set back.
    return runningMs > CLOCK_MASK / 2 ? 0 : runningMs;
  }
}
