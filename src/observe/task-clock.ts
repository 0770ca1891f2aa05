import type { WorkClock } from './work-clock.ts';

/** One I/O task: at work from its start to its end, except while it waits for `cpu`, whose threads work in its place. */
export class TaskClock {
  readonly work: WorkClock;
  readonly #startedAtMs = performance.now();
  /** Calls of `cpu` that are not settled. */
  #callCount = 0;
  #isOver = false;

  constructor(work: WorkClock) {
    this.work = work;
    work.change(1, 1);
  }

  callStarted(): void {
    this.#callCount += 1;
    if (this.#callCount === 1 && !this.#isOver) this.work.change(0, -1);
  }

  callEnded(): void {
    this.#callCount -= 1;
    if (this.#callCount === 0 && !this.#isOver) this.work.change(0, 1);
  }

  /** @returns How long it took, waiting included, in ms. */
  end(): number {
    this.#isOver = true;
    this.work.change(-1, this.#callCount === 0 ? -1 : 0);
    return performance.now() - this.#startedAtMs;
  }
}
