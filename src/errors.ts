/**
 * What a caller is expected to catch. Wrong arguments throw `TypeError` or `RangeError` instead: they are mistakes in the
 * code, not events of a run.
 */
export abstract class ParallelError extends Error {
  /** Stable across minor versions: switch on it, alarm on it. */
  abstract readonly code: `ERR_PARALLEL_${string}`;
}

/** The invocation has no time left for this work: `getRemainingTimeInMillis()` fell below the deadline margin. */
export class DeadlineExceededError extends ParallelError {
  readonly code = 'ERR_PARALLEL_DEADLINE';

  static {
    // A literal, on the prototype: the bundler renames classes, so `constructor.name` would log as `s`.
    DeadlineExceededError.prototype.name = 'DeadlineExceededError';
  }

  constructor(deadlineMarginMs: number) {
    super(
      `Cannot go on: less than the deadline margin of ${deadlineMarginMs} ms is left of the invocation; raise the function's timeout, or give one invocation fewer items`,
    );
  }
}

/** A task ran longer than its `timeoutMs`. Its signal was aborted with this error. */
export class TaskTimeoutError extends ParallelError {
  readonly code = 'ERR_PARALLEL_TASK_TIMEOUT';

  static {
    TaskTimeoutError.prototype.name = 'TaskTimeoutError';
  }

  constructor(index: number, timeoutMs: number) {
    super(
      `Cannot wait for item ${index}: its task ran longer than timeoutMs, ${timeoutMs} ms; raise timeoutMs or make the task smaller`,
    );
  }
}

/** A task was told to stop through its signal and went on, so its result was not waited for. `cause` says why it was told. */
export class TaskAbandonedError extends ParallelError {
  readonly code = 'ERR_PARALLEL_TASK_ABANDONED';

  static {
    TaskAbandonedError.prototype.name = 'TaskAbandonedError';
  }

  constructor(index: number, graceMs: number, options: { cause: unknown }) {
    super(
      `Cannot wait for item ${index}: its task was still running ${graceMs} ms after its signal aborted; pass the signal on to what the task waits for`,
      options,
    );
  }
}

/** The reason in the signal of tasks whose result is no longer wanted: another one failed, or enough have succeeded. */
export class RunStoppedError extends ParallelError {
  readonly code = 'ERR_PARALLEL_RUN_STOPPED';

  static {
    RunStoppedError.prototype.name = 'RunStoppedError';
  }

  constructor(why: string, options?: { cause: unknown }) {
    super(`Stopped: ${why}`, options);
  }
}

/** `io` was used after its invocation had ended, as by a promise that the handler did not await. */
export class InvocationEndedError extends ParallelError {
  readonly code = 'ERR_PARALLEL_INVOCATION_ENDED';

  static {
    InvocationEndedError.prototype.name = 'InvocationEndedError';
  }

  constructor() {
    super('Cannot go on: the invocation has ended; await every call inside the handler');
  }
}

/** An AWS service did not do what was asked. `cause` is the error of the AWS SDK as it was thrown. */
export class ServiceCallError extends ParallelError {
  readonly code = 'ERR_PARALLEL_SERVICE_CALL';
  /** The service's own error code: `NoSuchKey`, `AccessDenied`, `RequestLimitExceeded`, or the system's: `ECONNREFUSED`. */
  readonly serviceCode: string;
  /** HTTP status, absent when no answer came. */
  readonly statusCode: number | undefined;

  static {
    ServiceCallError.prototype.name = 'ServiceCallError';
  }

  constructor(
    message: string,
    { cause, serviceCode, statusCode }: { cause: unknown; serviceCode: string; statusCode: number | undefined },
  ) {
    super(message, { cause });
    this.serviceCode = serviceCode;
    this.statusCode = statusCode;
  }
}
