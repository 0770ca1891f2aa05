import type { ConcurrencyLimit } from './concurrency-limit.ts';
import type { FunctionReference } from './function-reference.ts';
import type { FunctionVersion } from './function-version.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { ResolvedLimits } from './limits.ts';

/** An event that nobody waits for. */
export interface QueuedEvent {
  readonly reference: FunctionReference;
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly traceId: string;
  readonly queuedAtMs: number;
}

/** Why an event is given up: on AWS it would go to a dead-letter queue, if there is one. */
export type DropReason =
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency'
  | 'FunctionNotFound'
  | 'EnvironmentFailed';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
const MAX_EVENT_AGE_SECONDS = 21_600;

export interface AsyncQueueOptions {
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly concurrency: ConcurrencyLimit;
  readonly limits: ResolvedLimits;
  /** In milliseconds, as `Date.now`. */
  readonly now: () => number;
  readonly onDropped: (event: QueuedEvent, reason: DropReason, cause?: unknown) => void;
}

/**
 * Asynchronous invocations. An event waits while its function is at its concurrency, and comes again after a function error;
 * nothing of it is kept when the process ends.
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #retries = new Set<NodeJS.Timeout>();
  #isClosed = false;

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
  }

  add(event: QueuedEvent): void {
    this.#attempt(event, 0).catch((cause: unknown) => this.#drop(event, 'EnvironmentFailed', cause));
  }

  /** Forgets what waits; what runs ends with its environment. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#retries) clearTimeout(timer);
    this.#retries.clear();
  }

  async #attempt(event: QueuedEvent, retryCount: number): Promise<void> {
    const { concurrency } = this.#options;
    const { functionName } = event.reference;
    if (concurrency.reserved(functionName) === 0) return this.#drop(event, 'ZeroReservedConcurrency');
    await concurrency.enter(functionName);
    let isFunctionError: boolean;
    try {
      if (this.#isClosed) return;
      if (this.#isTooOld(event)) return this.#drop(event, 'EventAgeExceeded');
      const version = this.#resolve(event);
      if (version === undefined) return this.#drop(event, 'FunctionNotFound');
      const { requestId, payload, traceId, reference } = event;
      const result = await version.fleet.invoke({ requestId, payload, invokedFunctionArn: reference.arn, traceId });
      isFunctionError = result.isFunctionError;
    } finally {
      concurrency.leave(functionName);
    }
    if (isFunctionError) this.#retry(event, retryCount + 1);
  }

  #isTooOld({ reference, queuedAtMs }: QueuedEvent): boolean {
    const { functions, now } = this.#options;
    const { maximumEventAgeSeconds = MAX_EVENT_AGE_SECONDS } = functions.get(reference.functionName)?.eventInvoke ?? {};
    return now() - queuedAtMs > maximumEventAgeSeconds * 1000;
  }

  #retry(event: QueuedEvent, retryCount: number): void {
    const { functions, limits } = this.#options;
    const { asyncRetryDelayMs, maxAsyncRetries } = limits;
    const { maximumRetryAttempts = maxAsyncRetries } = functions.get(event.reference.functionName)?.eventInvoke ?? {};
    if (this.#isClosed) return;
    if (retryCount > maximumRetryAttempts) {
      this.#drop(event, 'RetriesExhausted');
      return;
    }
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#attempt(event, retryCount).catch((cause: unknown) => this.#drop(event, 'EnvironmentFailed', cause));
    }, asyncRetryDelayMs * retryCount);
    this.#retries.add(timer);
  }

  /** Anew for each attempt: an alias may have moved meanwhile, and the function may have gone. */
  #resolve({ reference }: QueuedEvent): FunctionVersion | undefined {
    try {
      return this.#options.functions.get(reference.functionName)?.resolve(reference.qualifier);
    } catch {
      return undefined;
    }
  }

  #drop(event: QueuedEvent, reason: DropReason, cause?: unknown): void {
    if (!this.#isClosed) this.#options.onDropped(event, reason, cause);
  }
}
