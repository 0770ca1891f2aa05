/** Why no further invocation may begin, in Lambda's own words. */
export type ThrottleReason = 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded';

interface Waiting {
  readonly functionName: string;
  readonly enter: () => void;
}

/** Counts the invocations of an account: a function has its reserved concurrency to itself, the others share what is left. */
export class ConcurrencyLimit {
  readonly #accountConcurrency: number;
  readonly #reserved = new Map<string, number>();
  readonly #running = new Map<string, number>();
  #waiting: Waiting[] = [];

  constructor(accountConcurrency: number) {
    this.#accountConcurrency = accountConcurrency;
  }

  /** What the functions without reserved concurrency share. */
  get unreserved(): number {
    return this.#accountConcurrency - sum(this.#reserved.values());
  }

  reserved(functionName: string): number | undefined {
    return this.#reserved.get(functionName);
  }

  /** @param concurrency - undefined gives it back. */
  reserve(functionName: string, concurrency: number | undefined): void {
    if (concurrency === undefined) this.#reserved.delete(functionName);
    else this.#reserved.set(functionName, concurrency);
    this.#admit();
  }

  /** Begins an invocation, which has to {@link leave}; or says why it may not begin. */
  tryEnter(functionName: string): ThrottleReason | undefined {
    const running = this.#running.get(functionName) ?? 0;
    const reserved = this.#reserved.get(functionName);
    if (reserved !== undefined && running >= reserved) return 'ReservedFunctionConcurrentInvocationLimitExceeded';
    if (reserved === undefined && this.#runningUnreserved() >= this.unreserved) return 'ConcurrentInvocationLimitExceeded';
    this.#running.set(functionName, running + 1);
    return undefined;
  }

  /** Begins an invocation as soon as it may; those that wait longest come first. */
  enter(functionName: string): Promise<void> {
    if (this.tryEnter(functionName) === undefined) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ functionName, enter: resolve });
    return promise;
  }

  leave(functionName: string): void {
    const running = (this.#running.get(functionName) ?? 0) - 1;
    if (running > 0) this.#running.set(functionName, running);
    else this.#running.delete(functionName);
    this.#admit();
  }

  #admit(): void {
    this.#waiting = this.#waiting.filter(({ functionName, enter }) => {
      if (this.tryEnter(functionName) !== undefined) return true;
      enter();
      return false;
    });
  }

  #runningUnreserved(): number {
    return sum([...this.#running].filter(([name]) => !this.#reserved.has(name)).map(([, count]) => count));
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
