/** What the engines tell whoever measures an invocation. Where nobody does, there is none, and nothing is measured. */
export interface TaskMeter {
  /** The same task, measured. Called once for all the items of a call. */
  measured<Args extends readonly unknown[], Value>(
    task: (...args: Args) => Value | PromiseLike<Value>,
  ): (...args: Args) => Value | PromiseLike<Value>;
  /** Something that could have been started waited so long for its start. */
  waited(waitMs: number): void;
  /** The same promise; the task that calls `cpu` is not at work itself until it is settled. */
  awaited<Value>(call: Promise<Value>): Promise<Value>;
  /** A chunk is with a thread, or no longer. */
  chunkStarted(): void;
  chunkEnded(): void;
  /** Workers took so long for so many items. */
  computed(itemCount: number, durationMs: number): void;
  /** A service refused a call because of the rate. */
  throttled(): void;
}
