/** Node's timers overflow above this and fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Where the deadline reads the time that is left: Lambda's `context`, or anything that counts down. */
export interface RemainingTime {
  getRemainingTimeInMillis(): number;
}

/**
 * The end of one invocation, less the margin kept back for building the response. Nothing starts after it.
 *
 * It holds a timer only while somebody listens, so an invocation that starts nothing, or whose tasks have all ended, leaves
 * none behind, whichever way it ends.
 */
export class Deadline {
  readonly marginMs: number;
  /** On the wall clock, as Lambda's own deadline and `getRemainingTimeInMillis()` are; read once per item, at half the cost of `performance.now()`. */
  readonly #expiresAtMs: number;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param remainingTime - Absent in scripts and tests: then there is no end. */
  constructor(remainingTime: RemainingTime | undefined, marginMs: number) {
    this.marginMs = marginMs;
    this.#expiresAtMs = remainingTime
      ? Date.now() + remainingTime.getRemainingTimeInMillis() - marginMs
      : Number.POSITIVE_INFINITY;
  }

  /** What a task that was told to stop is waited for: half the margin, so that the other half is left for the response. */
  get graceMs(): number {
    return this.marginMs / 2;
  }

  get remainingMs(): number {
    return Math.max(0, this.#expiresAtMs - Date.now());
  }

  get hasExpired(): boolean {
    return Date.now() >= this.#expiresAtMs;
  }

  /** Calls `listener` once when the deadline comes. Returns what stops listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#arm();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#disarm();
    };
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#expiresAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#fire(), Math.min(this.remainingMs, MAX_TIMER_MS));
    // A deadline is no reason to keep a process alive.
    this.#timer.unref();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #fire(): void {
    this.#timer = undefined;
    // Timers may fire up to a millisecond early.
    if (!this.hasExpired) {
      this.#arm();
      return;
    }
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
