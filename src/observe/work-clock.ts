/** Adds up, over an invocation, how many tasks were at work for how long, and how long any was open. */
export class WorkClock {
  /** Of all tasks together: two that are at work for a second make two. */
  workMs = 0;
  /** Time in which there was anything to wait for. */
  activeMs = 0;
  #openCount = 0;
  #atWorkCount = 0;
  #sinceMs = 0;

  /** @param open - How many more tasks are open from now on. @param atWork - How many more of them are at work themselves. */
  change(open: number, atWork: number): void {
    this.advance();
    this.#openCount += open;
    this.#atWorkCount += atWork;
  }

  /** Up to now. */
  advance(): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    if (this.#openCount > 0) this.activeMs += elapsedMs;
    this.workMs += this.#atWorkCount * elapsedMs;
  }
}
