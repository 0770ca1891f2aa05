import { setTimeout as delay } from 'node:timers/promises';

/**
 * Additive increase, multiplicative decrease (Chiu and Jain, 1989) on the rate of calls, from the first throttle on. The
 * figures fit EC2's request buckets, which refill at 20 calls a second:
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const START_PER_SECOND = 14;
const MIN_PER_SECOND = 1;
const DECREASE_FACTOR = 0.7;
const INCREASE_PER_SECOND = 2;
/** The calls in flight at a throttle are refused together; they are one sign, not many. */
const DECREASE_INTERVAL_MS = 1000;

/** Spaces calls out once a service has begun to refuse them. Until then nobody waits. */
export class ThrottlePacer {
  #ratePerSecond = Number.POSITIVE_INFINITY;
  #nextSlotAtMs = 0;
  #decreasedAtMs = Number.NEGATIVE_INFINITY;

  /** Waits for the next free slot. @throws {AbortError} When `signal` aborts. */
  async slot(signal: AbortSignal): Promise<void> {
    if (this.#ratePerSecond === Number.POSITIVE_INFINITY) return;
    const nowMs = performance.now();
    const slotAtMs = Math.max(nowMs, this.#nextSlotAtMs);
    this.#nextSlotAtMs = slotAtMs + 1000 / this.#ratePerSecond;
    if (slotAtMs > nowMs) await delay(slotAtMs - nowMs, undefined, { signal });
  }

  throttled(): void {
    const nowMs = performance.now();
    if (nowMs - this.#decreasedAtMs < DECREASE_INTERVAL_MS) return;
    this.#decreasedAtMs = nowMs;
    this.#ratePerSecond =
      this.#ratePerSecond === Number.POSITIVE_INFINITY
        ? START_PER_SECOND
        : Math.max(MIN_PER_SECOND, this.#ratePerSecond * DECREASE_FACTOR);
  }

  succeeded(): void {
    this.#ratePerSecond += INCREASE_PER_SECOND / this.#ratePerSecond;
  }
}
