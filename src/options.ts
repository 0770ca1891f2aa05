import { availableParallelism } from 'node:os';
import { type Capacity, capacityFrom } from './capacity/capacity.ts';

/** Options of `parallel()`, `withParallel()` and `createParallel()`: read once, at cold start. An unknown key is an error. */
export interface ParallelOptions {
  /**
   * I/O tasks in flight at once, where a call does not say otherwise. Start from the rate limit of the service called.
   * Integer >= 1. @defaultValue 16
   */
  readonly concurrency?: number;
  /**
   * Time kept back at the end of the invocation, in ms: half for tasks to stop, half for the response. Integer from 0 to
   * 900,000, Lambda's longest timeout.
   * @defaultValue 500
   */
  readonly deadlineMarginMs?: number;
  /**
   * The memory setting, in MB: 128 to 10,240. Worth setting in tests and scripts only.
   * @defaultValue `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`
   */
  readonly memoryMb?: number;
}

export interface ResolvedOptions {
  readonly concurrency: number;
  readonly deadlineMarginMs: number;
  readonly capacity: Capacity;
}

/** Options of `io.map`. An unknown key is an error. */
export interface IoMapOptions<Item> {
  /** Tasks in flight at once. Integer >= 1. @defaultValue the runtime's `concurrency`, 16 */
  readonly concurrency?: number;
  /**
   * A task that runs longer, in ms, is told to stop and rejected with `TaskTimeoutError`. One that goes on nevertheless has given
   * back its slot and its bytes: it runs beside `concurrency` and `maxInFlightBytes`. Integer >= 1. @defaultValue none
   */
  readonly timeoutMs?: number;
  /** Ends the call: items not started are skipped, tasks in flight are told through their own signal. */
  readonly signal?: AbortSignal;
  /** What the items in flight may weigh together, in bytes. Integer >= 1, needs `weight`. @defaultValue no bound */
  readonly maxInFlightBytes?: number;
  /** Bytes of one item, known before its task starts. Must return a number >= 0; above `maxInFlightBytes` the item is rejected. */
  readonly weight?: (item: Item) => number;
}

/** Options of `io.mapSettled`. The words are those of Step Functions and of durable functions. */
export interface IoMapSettledOptions<Item> extends IoMapOptions<Item> {
  /** Failures after which nothing more is started: one more than this many. Integer >= 0. @defaultValue all */
  readonly toleratedFailureCount?: number;
  /** The same in percent of all items, 0 to 100. Needs an input of known length. @defaultValue 100 */
  readonly toleratedFailurePercentage?: number;
  /** Stop as soon as this many have succeeded. Integer >= 1. @defaultValue all */
  readonly minSuccessful?: number;
}

/** Options of `io.stream`. */
export interface IoStreamOptions<Item> extends IoMapOptions<Item> {
  /** Outcomes that may wait for the consumer, tasks in flight included. Integer >= `concurrency`. @defaultValue `concurrency` */
  readonly backpressure?: number;
  /** Yield in input order. With `false` each outcome is yielded as soon as it is there. @defaultValue true */
  readonly preserveOrder?: boolean;
}

export interface ResolvedIoMapOptions<Item> {
  readonly concurrency: number;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly maxInFlightBytes: number;
  readonly weight: ((item: Item) => number) | undefined;
}

export interface ResolvedIoMapSettledOptions<Item> extends ResolvedIoMapOptions<Item> {
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly minSuccessful: number;
}

export interface ResolvedIoStreamOptions<Item> extends ResolvedIoMapOptions<Item> {
  readonly backpressure: number;
  readonly preserveOrder: boolean;
}

const MAP_KEYS = ['concurrency', 'timeoutMs', 'signal', 'maxInFlightBytes', 'weight'];
const SETTLED_KEYS = [...MAP_KEYS, 'toleratedFailureCount', 'toleratedFailurePercentage', 'minSuccessful'];
const STREAM_KEYS = [...MAP_KEYS, 'backpressure', 'preserveOrder'];

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

export function resolveIoMapOptions<Item>(
  options: IoMapOptions<Item>,
  defaults: { concurrency: number },
): ResolvedIoMapOptions<Item> {
  onlyKnownKeys('io.map', options, MAP_KEYS);
  return resolveCommon('io.map', options, defaults);
}

export function resolveIoMapSettledOptions<Item>(
  options: IoMapSettledOptions<Item>,
  defaults: { concurrency: number },
): ResolvedIoMapSettledOptions<Item> {
  onlyKnownKeys('io.mapSettled', options, SETTLED_KEYS);
  const { toleratedFailureCount, toleratedFailurePercentage = 100, minSuccessful } = options;
  return {
    ...resolveCommon('io.mapSettled', options, defaults),
    toleratedFailureCount:
      toleratedFailureCount === undefined ? Number.POSITIVE_INFINITY : integer('toleratedFailureCount', toleratedFailureCount, 0),
    toleratedFailurePercentage: between('toleratedFailurePercentage', toleratedFailurePercentage, 0, 100),
    minSuccessful: minSuccessful === undefined ? Number.POSITIVE_INFINITY : integer('minSuccessful', minSuccessful, 1),
  };
}

export function resolveIoStreamOptions<Item>(
  options: IoStreamOptions<Item>,
  defaults: { concurrency: number },
): ResolvedIoStreamOptions<Item> {
  onlyKnownKeys('io.stream', options, STREAM_KEYS);
  const common = resolveCommon('io.stream', options, defaults);
  const { backpressure = common.concurrency, preserveOrder = true } = options;
  if (typeof preserveOrder !== 'boolean')
    throw new TypeError(`Cannot use preserveOrder as it must be a boolean: ${shown(preserveOrder)}`);
  return { ...common, backpressure: integer('backpressure', backpressure, common.concurrency), preserveOrder };
}

function resolveCommon<Item>(
  call: string,
  options: IoMapOptions<Item>,
  defaults: { concurrency: number },
): ResolvedIoMapOptions<Item> {
  const { concurrency = defaults.concurrency, timeoutMs, signal, maxInFlightBytes, weight } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot use signal as it must be an AbortSignal: ${shown(signal)}`);
  }
  if (weight !== undefined && typeof weight !== 'function') {
    throw new TypeError(`Cannot use weight as it must be a function of the item that returns bytes: ${shown(weight)}`);
  }
  if ((maxInFlightBytes === undefined) !== (weight === undefined)) {
    const [given, missing] = weight === undefined ? ['maxInFlightBytes', 'weight'] : ['weight', 'maxInFlightBytes'];
    throw new TypeError(
      `Cannot bound the bytes in flight of ${call}: ${given} is given without ${missing}; give both or neither`,
    );
  }
  return {
    concurrency: integer('concurrency', concurrency, 1),
    timeoutMs: timeoutMs === undefined ? undefined : integer('timeoutMs', timeoutMs, 1, 2 ** 31 - 1),
    signal,
    maxInFlightBytes:
      maxInFlightBytes === undefined ? Number.POSITIVE_INFINITY : integer('maxInFlightBytes', maxInFlightBytes, 1),
    weight,
  };
}

/** @throws {TypeError} Names the first key that is not known, and those that are. */
export function onlyKnownKeys(call: string, options: unknown, keys: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Cannot read the options of ${call} as they must be an object: ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!keys.includes(key))
      throw new TypeError(`Cannot read the options of ${call}: "${key}" is unknown; known are ${keys.join(', ')}`);
  }
}

/** @throws {TypeError} For what is not a number. @throws {RangeError} For NaN, a fraction, or a number out of bounds. */
export function integer(name: string, value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `>= ${min}` : `from ${min} to ${max}`;
  if (typeof value !== 'number') throw new TypeError(`Cannot use ${name} as it must be an integer ${bounds}: ${shown(value)}`);
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`Cannot use ${name} as it must be an integer ${bounds}: ${value}`);
  }
  return value;
}

function between(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number')
    throw new TypeError(`Cannot use ${name} as it must be a number from ${min} to ${max}: ${shown(value)}`);
  if (!(value >= min && value <= max))
    throw new RangeError(`Cannot use ${name} as it must be a number from ${min} to ${max}: ${value}`);
  return value;
}

/** What Lambda sets is taken as it is; what it never sets (an empty or odd value) counts as absent. */
function positiveFromEnv(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const value = Number(env[name]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `${value} (${typeof value})`;
}
