/** Bytes that may be in flight together, handed out in the order asked for, so that a heavy item is not overtaken for ever. */
export class ByteBudget {
  #free: number;
  readonly #waiters: { readonly bytes: number; readonly grant: () => void }[] = [];

  constructor(maxInFlightBytes: number) {
    this.#free = maxInFlightBytes;
  }

  /** @returns `undefined` where the bytes are free, else a promise of them. Ask for no more than the budget as a whole. */
  acquire(bytes: number): Promise<void> | undefined {
    if (this.#waiters.length === 0 && bytes <= this.#free) {
      this.#free -= bytes;
      return undefined;
    }
    return new Promise((grant) => {
      this.#waiters.push({ bytes, grant });
    });
  }

  release(bytes: number): void {
    this.#free += bytes;
    for (let next = this.#waiters[0]; next !== undefined && next.bytes <= this.#free; next = this.#waiters[0]) {
      this.#waiters.shift();
      this.#free -= next.bytes;
      next.grant();
    }
  }

  /** Lets everybody through who waits: their run has stopped, and they will start nothing. */
  open(): void {
    this.#free = Number.POSITIVE_INFINITY;
    this.release(0);
  }
}
