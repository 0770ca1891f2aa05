/** Outcomes on their way to the consumer of a stream: in input order, or in the order in which they come. */
export class OutcomeQueue<Outcome extends { readonly index: number }> {
  readonly #isOrdered: boolean;
  #outcomes: (Outcome | undefined)[] = [];
  /** Of the next outcome in `#outcomes`. */
  #head = 0;
  /** Outcomes that have left. */
  #shiftedCount = 0;
  #wake: (() => void) | undefined;

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  push(outcome: Outcome): void {
    const place = this.#isOrdered ? outcome.index - this.#shiftedCount + this.#head : this.#outcomes.length;
    while (this.#outcomes.length < place) this.#outcomes.push(undefined);
    this.#outcomes[place] = outcome;
    if (place === this.#head) this.wake();
  }

  /** The next one; `undefined` where it has not come yet. */
  shift(): Outcome | undefined {
    const outcome = this.#outcomes[this.#head];
    if (outcome === undefined) return undefined;
    this.#outcomes[this.#head] = undefined;
    this.#head += 1;
    this.#shiftedCount += 1;
    // Now and then, so that the array does not grow with the input.
    if (this.#head >= 1024 && this.#head * 2 >= this.#outcomes.length) {
      this.#outcomes = this.#outcomes.slice(this.#head);
      this.#head = 0;
    }
    return outcome;
  }

  /** All that is there, past those that will not come. */
  *drain(): Generator<Outcome> {
    const outcomes = this.#outcomes.slice(this.#head);
    this.#outcomes = [];
    this.#head = 0;
    for (const outcome of outcomes) if (outcome !== undefined) yield outcome;
  }

  /** Resolves when `shift` is worth calling again. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
