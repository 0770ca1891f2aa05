import { availableParallelism } from 'node:os';
import { type Capacity, capacityFrom, threadsThatPay } from './capacity/capacity.ts';
import type { WorkerLogger } from './cpu/worker-logger.ts';
import type { AnyWorkerRef, StartableWorkerRef } from './cpu/worker-ref.ts';
import type { MetricsSink } from './observe/metric.ts';
import { integer, onlyKnownKeys, shown } from './validation.ts';

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
  /** The workers that `cpu` is to run. Their threads are started at once, and their files loaded there. @defaultValue none: no thread */
  readonly workers?: readonly AnyWorkerRef[] | undefined;
  /**
   * Worker threads of the execution environment, shared by the handlers of one process that ask for as many. Integer from 1 to 256.
   * @defaultValue the vCPU share of the memory setting, rounded up, at most the cores that are seen; on Managed Instances divided by
   * the runtime's own workers
   */
  readonly maxThreads?: number | undefined;
  /** What workers log is written through it, where the request id is known. @defaultValue `console` */
  readonly logger?: WorkerLogger | undefined;
  /**
   * What each invocation came to, written once at its end, also after an error: tasks and threads at once, outcomes, task times,
   * queue waits, throttles, speed-up, CPU utilisation.
   *
   * To your `Metrics` of Powertools, with the namespace and dimensions that you gave it: published by its `logMetrics` where that is
   * used before `parallel()`, else by us. With `'log'` as one line on stdout, in CloudWatch's embedded metric format, in the
   * namespace `lambda-parallel` and by `FunctionName`.
   * @defaultValue none: nothing is measured
   */
  readonly metrics?: MetricsSink | 'log' | undefined;
}

export interface ResolvedOptions {
  readonly workers: readonly StartableWorkerRef[];
  readonly maxThreads: number;
  readonly logger: WorkerLogger;
  readonly concurrency: number;
  readonly deadlineMarginMs: number;
  readonly capacity: Capacity;
  readonly metrics: MetricsSink | 'log' | undefined;
  /** Absent outside Lambda. */
  readonly functionName: string | undefined;
}

const KEYS = ['concurrency', 'deadlineMarginMs', 'memoryMb', 'workers', 'maxThreads', 'logger', 'metrics'];

/** @throws {TypeError | RangeError} Names the option, its bounds and the value. */
export function resolveOptions(options: ParallelOptions = {}, env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  onlyKnownKeys('parallel', options, KEYS);
  const { concurrency = 16, deadlineMarginMs = 500, memoryMb, workers = [], maxThreads, logger = console, metrics } = options;
  const capacity = capacityFrom({
    memoryMb:
      memoryMb === undefined
        ? positiveFromEnv(env, 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE')
        : integer('memoryMb', memoryMb, 128, 10_240),
    visibleVcpus: availableParallelism(),
    maxConcurrency: positiveFromEnv(env, 'AWS_LAMBDA_MAX_CONCURRENCY'),
    runtimeWorkerCount: positiveFromEnv(env, 'AWS_LAMBDA_NODEJS_WORKER_COUNT'),
  });
  return {
    concurrency: integer('concurrency', concurrency, 1),
    deadlineMarginMs: integer('deadlineMarginMs', deadlineMarginMs, 0, 900_000),
    capacity,
    workers: workerRefs(workers),
    maxThreads: maxThreads === undefined ? threadsThatPay(capacity) : integer('maxThreads', maxThreads, 1, 256),
    logger: workerLogger(logger),
    metrics: metrics === undefined ? undefined : metricsSink(metrics),
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'] || undefined,
  };
}

/** What Lambda sets is taken as it is; what it never sets (an empty or odd value) counts as absent. */
function positiveFromEnv(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const value = Number(env[name]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

function workerRefs(workers: unknown): readonly StartableWorkerRef[] {
  if (!Array.isArray(workers))
    throw new TypeError(`Cannot use workers as it must be an array of workerRef(…): ${shown(workers)}`);
  for (const worker of workers) {
    if (typeof worker?.startThreads !== 'function') {
      throw new TypeError(`Cannot use workers as each must be a workerRef(…): ${shown(worker)}`);
    }
  }
  return workers;
}

function workerLogger(logger: WorkerLogger): WorkerLogger {
  for (const method of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof logger?.[method] !== 'function') {
      throw new TypeError(`Cannot use logger as it must have the method ${method}(): ${shown(logger)}`);
    }
  }
  return logger;
}

function metricsSink(metrics: MetricsSink | 'log'): MetricsSink | 'log' {
  if (metrics !== 'log' && typeof (metrics as MetricsSink | null)?.addMetric !== 'function') {
    throw new TypeError(`Cannot use metrics as it must be 'log' or have the method addMetric(): ${shown(metrics)}`);
  }
  return metrics;
}
