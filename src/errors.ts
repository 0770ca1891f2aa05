import { shown } from './validation.ts';

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

/** A task ran longer than its `timeoutMs`. Its signal was aborted with this error, or its thread ended. */
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

const PASS_THE_SIGNAL_ON = 'pass its signal on to what the task waits for';

/** A task was told to stop and went on, so its result was not waited for. `cause` says why it was told. */
export class TaskAbandonedError extends ParallelError {
  readonly code = 'ERR_PARALLEL_TASK_ABANDONED';

  static {
    TaskAbandonedError.prototype.name = 'TaskAbandonedError';
  }

  constructor(index: number, graceMs: number, { cause, nextStep = PASS_THE_SIGNAL_ON }: { cause: unknown; nextStep?: string }) {
    super(`Cannot wait for item ${index}: its task was still running ${graceMs} ms after it was told to stop; ${nextStep}`, {
      cause,
    });
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

/** `io` or `cpu` was used after its invocation had ended, as by a promise that the handler did not await. */
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

/** A worker file, or Piscina's own `worker.js`, is not where the pool looks for it: thrown at cold start, before any event. */
export class WorkerFileError extends ParallelError {
  readonly code = 'ERR_PARALLEL_WORKER_FILE';

  static {
    WorkerFileError.prototype.name = 'WorkerFileError';
  }
}

/** A worker file could not be loaded in a thread, or does not export `defineWorker(…)`. `cause` is what loading threw, if it did. */
export class WorkerLoadError extends ParallelError {
  readonly code = 'ERR_PARALLEL_WORKER_LOAD';

  static {
    WorkerLoadError.prototype.name = 'WorkerLoadError';
  }
}

/**
 * A thread ended while it ran this item: out of memory, `process.exit()`, an error nobody caught. Or it ended with another item, and
 * this one's buffers, which had been moved to it, with it. Another thread has taken its place.
 */
export class WorkerCrashedError extends ParallelError {
  readonly code = 'ERR_PARALLEL_WORKER_CRASHED';

  static {
    WorkerCrashedError.prototype.name = 'WorkerCrashedError';
  }

  constructor(workerName: string, index: number, { cause, isMoved = false }: { cause: unknown; isMoved?: boolean }) {
    const { message = String(cause), code } = (cause ?? {}) as Partial<Error & { code: unknown }>;
    if (isMoved) {
      const what = `Cannot run item ${index} once more: its buffers were moved to a thread of ${workerName} that ended with another item`;
      super(`${what}, "${message}"; leave transfer out, or make the other item's worker catch that`, { cause });
      return;
    }
    const nextStep =
      code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? "raise the function's memory setting, lower maxThreads, or give the worker smaller items"
        : "call the worker's default export directly to debug it";
    super(`Cannot finish item ${index}: the thread that ran ${workerName} with it ended, "${message}"; ${nextStep}`, { cause });
  }
}

/** A worker threw something that is not an `Error`: it is the `cause`. */
export class WorkerThrewError extends ParallelError {
  readonly code = 'ERR_PARALLEL_WORKER_THREW';

  static {
    WorkerThrewError.prototype.name = 'WorkerThrewError';
  }

  constructor(workerName: string, options: { cause: unknown }) {
    super(`Cannot tell what went wrong in ${workerName}: it threw ${shown(options.cause)}; throw an Error instead`, options);
  }
}

/** An item, or what a worker made of it, cannot cross the thread boundary: it holds a function, a promise, a socket or the like. */
export class NotCloneableError extends ParallelError {
  readonly code = 'ERR_PARALLEL_NOT_CLONEABLE';

  static {
    NotCloneableError.prototype.name = 'NotCloneableError';
  }

  /** @param attempt - `send item 3 to resize.worker.ts`. */
  constructor(attempt: string, options: { cause: unknown }) {
    const { message } = (options.cause ?? {}) as Partial<Error>;
    // V8 says nothing of a proxy, and of memory that belongs to WebAssembly.
    const why = message === undefined ? shown(options.cause) : message || 'it has something that cannot be copied or moved';
    super(`Cannot ${attempt}: ${String(why).replace(/\.$/, '')}; pass data only, as structuredClone() takes it`, options);
  }
}
