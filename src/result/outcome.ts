/** Why an item was not started. */
export type SkipReason = 'deadline' | 'aborted' | 'failure-tolerance-exceeded' | 'min-successful-reached';

/**
 * How one item ended. `PromiseSettledResult` plus `skipped`: what reads settled promises, as Middy's batch middlewares do,
 * reads it as it is and retries what is not `fulfilled`.
 */
export type TaskOutcome<Value> = FulfilledOutcome<Value> | RejectedOutcome | SkippedOutcome;

export interface FulfilledOutcome<Value> {
  readonly status: 'fulfilled';
  /** Position of the item in the input, from 0. */
  readonly index: number;
  readonly value: Value;
}

export interface RejectedOutcome {
  readonly status: 'rejected';
  /** Position of the item in the input, from 0. */
  readonly index: number;
  /** What the task threw, as it was thrown. */
  readonly reason: unknown;
}

/** The task was never called for this item: doing it later does nothing twice. */
export interface SkippedOutcome {
  readonly status: 'skipped';
  /** Position of the item in the input, from 0. */
  readonly index: number;
  readonly reason: SkipReason;
}

/** The outcome of one item of a stream, with the item: a generator's items are nowhere else. */
export type StreamOutcome<Item, Value> = TaskOutcome<Value> & { readonly item: Item };
