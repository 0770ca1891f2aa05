import { RunStoppedError } from '../errors.ts';
import type { SkipReason, TaskOutcome } from '../result/outcome.ts';
import type { CompletionLimits } from './completion-limits.ts';

/** 18.4 % of 375 are 69, and 68.99999999999999 in floating point. */
const ROUNDING = 1e-9;

/** When a run may end before its input does: too many failures, or enough successes. */
class CompletionPolicy {
  readonly #limits: CompletionLimits;
  readonly #maxRejectedCount: number;
  #fulfilledCount = 0;
  #rejectedCount = 0;

  /** @throws {TypeError} If a percentage is asked for of an input whose size cannot be told. */
  constructor(limits: CompletionLimits, itemCount: number | undefined) {
    const { toleratedFailureCount, toleratedFailurePercentage } = limits;
    if (toleratedFailurePercentage < 100 && itemCount === undefined) {
      throw new TypeError(
        `Cannot apply toleratedFailurePercentage as the number of items must be known: the input is an iterator; pass an array, or use toleratedFailureCount`,
      );
    }
    this.#limits = limits;
    const share =
      toleratedFailurePercentage < 100
        ? ((itemCount ?? 0) * toleratedFailurePercentage) / 100 + ROUNDING
        : Number.POSITIVE_INFINITY;
    this.#maxRejectedCount = Math.min(toleratedFailureCount, share);
  }

  /** @returns Why the run is to stop now, if it is. */
  settled(outcome: TaskOutcome<unknown>): { reason: SkipReason; cause: RunStoppedError } | undefined {
    if (outcome.status === 'fulfilled') {
      this.#fulfilledCount += 1;
      if (this.#fulfilledCount < this.#limits.minSuccessful) return undefined;
      const cause = new RunStoppedError(`minSuccessful, ${this.#limits.minSuccessful}, is reached`);
      return { reason: 'min-successful-reached', cause };
    }
    this.#rejectedCount += 1;
    if (this.#rejectedCount <= this.#maxRejectedCount) return undefined;
    const cause = new RunStoppedError(
      `${this.#rejectedCount} items were rejected, more than the ${Math.floor(this.#maxRejectedCount)} that are tolerated`,
      { cause: outcome.status === 'rejected' ? outcome.reason : undefined },
    );
    return { reason: 'failure-tolerance-exceeded', cause };
  }
}

/** @returns `undefined` for the usual case, a run that goes on to its end, which then has nothing to count. */
export function completionPolicy(limits: CompletionLimits, itemCount: number | undefined): CompletionPolicy | undefined {
  const { toleratedFailureCount, toleratedFailurePercentage, minSuccessful } = limits;
  const isUnlimited = toleratedFailureCount === Number.POSITIVE_INFINITY && toleratedFailurePercentage === 100;
  return isUnlimited && minSuccessful === Number.POSITIVE_INFINITY ? undefined : new CompletionPolicy(limits, itemCount);
}
