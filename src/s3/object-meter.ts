/** What was read, in figures. */
export interface ObjectTotals {
  /** Objects read to their end. */
  readonly objectCount: number;
  readonly byteCount: number;
  /** From the first request to the last outcome. */
  readonly seconds: number;
  readonly objectsPerSecond: number;
  readonly bytesPerSecond: number;
}

export class ObjectMeter {
  readonly #startedAtMs = performance.now();
  #objectCount = 0;
  #byteCount = 0;

  add(byteCount: number): void {
    this.#objectCount += 1;
    this.#byteCount += byteCount;
  }

  totals(): ObjectTotals {
    const seconds = (performance.now() - this.#startedAtMs) / 1000;
    return {
      objectCount: this.#objectCount,
      byteCount: this.#byteCount,
      seconds,
      objectsPerSecond: seconds > 0 ? this.#objectCount / seconds : 0,
      bytesPerSecond: seconds > 0 ? this.#byteCount / seconds : 0,
    };
  }
}
