import type { RejectedOutcome, SkippedOutcome, SkipReason, TaskOutcome } from './outcome.ts';

/** Why a run ended: every item settled, or what ended it before. */
export type CompletionReason = 'all-settled' | SkipReason;

/** All outcomes of a run in input order, perhaps not all fulfilled. */
export class ParallelResult<Value> {
  /** One per item, in input order. */
  readonly outcomes: readonly TaskOutcome<Value>[];
  readonly completionReason: CompletionReason;
  /**
   * False when the run ended before an iterator did. What the iterator would still have given never became an item and has
   * no outcome; an array's items always have one.
   */
  readonly isInputExhausted: boolean;
  readonly fulfilledCount: number;
  readonly rejectedCount: number;
  readonly skippedCount: number;

  constructor(outcomes: readonly TaskOutcome<Value>[], completionReason: CompletionReason, isInputExhausted: boolean) {
    let fulfilledCount = 0;
    let rejectedCount = 0;
    for (const { status } of outcomes) {
      if (status === 'fulfilled') fulfilledCount += 1;
      else if (status === 'rejected') rejectedCount += 1;
    }
    this.outcomes = outcomes;
    this.completionReason = completionReason;
    this.isInputExhausted = isInputExhausted;
    this.fulfilledCount = fulfilledCount;
    this.rejectedCount = rejectedCount;
    this.skippedCount = outcomes.length - fulfilledCount - rejectedCount;
  }

  /** The values of the fulfilled outcomes, in input order. */
  get values(): Value[] {
    return this.outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  }

  /** The rejected outcomes, in input order. */
  get rejected(): RejectedOutcome[] {
    return this.outcomes.filter((outcome) => outcome.status === 'rejected');
  }

  /** The skipped outcomes, in input order. */
  get skipped(): SkippedOutcome[] {
    return this.outcomes.filter((outcome) => outcome.status === 'skipped');
  }
}
