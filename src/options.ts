import { availableParallelism } from 'node:os';
import { type Capacity, capacityFrom } from './capacity/capacity.ts';
import { integer, onlyKnownKeys } from './validation.ts';

/** Options of `parallel()`, `withParallel()` and `createParallel()`: read once, at cold start. An unknown key is an error. */
export interface ParallelOptions {
  /**
   * I/O tasks in flight at once, where a call does not say otherwise. Start from the rate limit of the service called.
   * Integer >= 1. @defaultValue 16
   */
  readonly concurrency?: number | undefined;
  /**
   * Time kept back at the end of the invocation, in ms: half for tasks to stop, half for the response. Integer from 0 to
   * 900,000, Lambda's longest timeout.
   * @defaultValue 500
   */
  readonly deadlineMarginMs?: number | undefined;
  /**
   * The memory setting, in MB: 128 to 10,240. Worth setting in tests and scripts only.
   * @defaultValue `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`
   */
  readonly memoryMb?: number | undefined;
}

export interface ResolvedOptions {
  readonly concurrency: number;
  readonly deadlineMarginMs: number;
  readonly capacity: Capacity;
}

/** @throws {TypeError | RangeError} Names the option, its bounds and the value. */
export function resolveOptions(options: ParallelOptions = {}, env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  onlyKnownKeys('parallel', options, ['concurrency', 'deadlineMarginMs', 'memoryMb']);
  const { concurrency = 16, deadlineMarginMs = 500, memoryMb } = options;
  return {
    concurrency: integer('concurrency', concurrency, 1),
    deadlineMarginMs: integer('deadlineMarginMs', deadlineMarginMs, 0, 900_000),
    capacity: capacityFrom({
      memoryMb:
        memoryMb === undefined
          ? positiveFromEnv(env, 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE')
          : integer('memoryMb', memoryMb, 128, 10_240),
      visibleVcpus: availableParallelism(),
      maxConcurrency: positiveFromEnv(env, 'AWS_LAMBDA_MAX_CONCURRENCY'),
      runtimeWorkerCount: positiveFromEnv(env, 'AWS_LAMBDA_NODEJS_WORKER_COUNT'),
    }),
  };
}

/** What Lambda sets is taken as it is; what it never sets (an empty or odd value) counts as absent. */
function positiveFromEnv(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const value = Number(env[name]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
