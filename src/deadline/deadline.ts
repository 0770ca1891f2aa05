import { MAX_TIMER_MS } from '../validation.ts';

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
  /**
   * On the wall clock, as Lambda's own deadline and `getRemainingTimeInMillis()` are; read once per item, at half the cost of
   * `performance.now()`.
   */
  readonly #expiresAtMs: number;
  readonly #listeners = new Set<() => void>();
  /** Listeners for which the timer keeps the process alive. */
  #awaitedCount = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param remainingTime - Absent in scripts and tests: then there is no end. */
  constructor(remainingTime: RemainingTime | undefined, marginMs: number) {
    this.marginMs = marginMs;
    const remainingMs: unknown = remainingTime?.getRemainingTimeInMillis();
    // A mocked method may return nothing, or what is no number: that counts nothing down.
    const isCountingDown = typeof remainingMs === 'number' && !Number.isNaN(remainingMs);
    this.#expiresAtMs = isCountingDown ? Date.now() + remainingMs - marginMs : Number.POSITIVE_INFINITY;
  }

  /**
   * What a task that is told to stop now is waited for: half the margin, and what is left of that half once the deadline has
   * passed. So the other half stays for the response, however often and however late something waits.
   */
  get graceMs(): number {
    const halfMs = this.marginMs / 2;
    return Math.max(0, Math.min(halfMs, this.#expiresAtMs + halfMs - Date.now()));
  }

  get remainingMs(): number {
    return Math.max(0, this.#expiresAtMs - Date.now());
  }

  get hasExpired(): boolean {
    return Date.now() >= this.#expiresAtMs;
  }

  /**
   * Calls `listener` once when the deadline comes. Returns what stops listening.
   *
   * With `isAwaited` somebody waits for what the listener ends. Node would exit where a task listens to its signal and to
   * nothing else, and Lambda answer `null`, so the timer keeps the process alive then, and only then.
   */
  listen(listener: () => void, { isAwaited }: { isAwaited: boolean }): () => void {
    this.#listeners.add(listener);
    if (isAwaited) this.#awaitedCount += 1;
    this.#arm();
    return () => {
      if (!this.#listeners.delete(listener)) return;
      if (isAwaited) this.#awaitedCount -= 1;
      if (this.#listeners.size === 0) this.#disarm();
      else this.#hold();
    };
  }

  #arm(): void {
    if (this.#expiresAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer ??= setTimeout(() => this.#fire(), Math.min(this.remainingMs, MAX_TIMER_MS));
    this.#hold();
  }

  #hold(): void {
    if (this.#awaitedCount > 0) this.#timer?.ref();
    else this.#timer?.unref();
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
    this.#awaitedCount = 0;
    for (const listener of listeners) listener();
  }
}
