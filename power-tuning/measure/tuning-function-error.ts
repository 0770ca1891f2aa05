import type { FunctionFailure } from './tuned-function.ts';

export interface FailedInvocation {
  /** Of the function that failed. */
  readonly functionName: string;
  /** What it was invoked for: `measure it`, or `prepare the event`. */
  readonly purpose: string;
  readonly memoryMb: number;
  /** In the input's weighted payloads, or 0. */
  readonly payloadIndex: number;
  readonly failure: FunctionFailure;
}

/** Lines of the log that say enough. */
const LOG_LINE_COUNT = 10;

/** A payload makes a function fail, so its time says nothing. What was measured before is kept. */
export class TuningFunctionError extends Error {
  readonly code = 'ERR_TUNING_FUNCTION';
  readonly memoryMb: number;
  readonly payloadIndex: number;
  readonly errorType: string;
  /** The last lines of the function's log. */
  readonly logTail: string;

  static {
    TuningFunctionError.prototype.name = 'TuningFunctionError';
  }

  constructor({ functionName, purpose, memoryMb, payloadIndex, failure }: FailedInvocation) {
    const { errorType, errorMessage } = failure;
    const logTail = failure.logTail.trimEnd().split('\n').slice(-LOG_LINE_COUNT).join('\n');
    const reason = errorMessage === '' ? errorType : `${errorType}: ${errorMessage}`;
    super(
      `Cannot run ${functionName} to ${purpose} at ${memoryMb} MB: payload ${payloadIndex} makes it fail with ${reason}; ` +
        `correct the payload or the memory values in the input, or add ${errorType} to its allowedExceptions. Its log ends:\n${logTail}`,
    );
    this.memoryMb = memoryMb;
    this.payloadIndex = payloadIndex;
    this.errorType = errorType;
    this.logTail = logTail;
  }
}
