/** A bucket of request tokens that fills at a steady rate, as AWS describes its own request limits. */
export class TokenBucket {
  readonly #ratePerMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @throws {RangeError} If `ratePerSecond` is not > 0 or `burst` is not an integer >= 1. */
  constructor({ ratePerSecond, burst }: { ratePerSecond: number; burst: number }, now: () => number = () => performance.now()) {
    if (!(ratePerSecond > 0)) throw new RangeError(`Cannot set throttle: ratePerSecond must be > 0, got ${ratePerSecond}`);
    if (!Number.isInteger(burst) || burst < 1) {
      throw new RangeError(`Cannot set throttle: burst must be an integer >= 1, got ${burst}`);
    }
    this.#ratePerMs = ratePerSecond / 1000;
    this.#burst = burst;
    this.#now = now;
    this.#tokens = burst;
    this.#filledAt = now();
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#ratePerMs);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
