import {
  COMPLETION_KEYS,
  type CompletionLimits,
  type CompletionOptions,
  resolveCompletionLimits,
} from '../run/completion-limits.ts';
import { assertAbortSignal, boolean, integer, MAX_TIMER_MS, onlyKnownKeys, shown } from '../validation.ts';

/** Options of `io.map`. An unknown key is an error. */
export interface IoMapOptions<Item> {
  /** Tasks in flight at once. Integer >= 1. @defaultValue the runtime's `concurrency`, 16 */
  readonly concurrency?: number | undefined;
  /**
   * A task that runs longer, in ms, is told to stop and rejected with `TaskTimeoutError`. One that goes on nevertheless has given
   * back its slot and its bytes: it runs beside `concurrency` and `maxInFlightBytes`. Integer from 1 to 2,147,483,647.
   * @defaultValue none
   */
  readonly timeoutMs?: number | undefined;
  /** Ends the call: items not started are skipped, tasks in flight are told through their own signal. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What the items in flight may weigh together, in bytes; an item gives its bytes back when its task settles, also where its
   * outcome then waits for the consumer of a stream. Integer >= 1, needs `weight`. @defaultValue no bound
   */
  readonly maxInFlightBytes?: number | undefined;
  /** Bytes of one item, known before its task starts. Must return a number >= 0; above `maxInFlightBytes` the item is rejected. */
  readonly weight?: ((item: Item) => number) | undefined;
}

/** Options of `io.mapSettled`. */
export interface IoMapSettledOptions<Item> extends IoMapOptions<Item>, CompletionOptions {}

/** Options of `io.stream`. */
export interface IoStreamOptions<Item> extends IoMapOptions<Item> {
  /** Outcomes that may wait for the consumer, tasks in flight included. Integer >= `concurrency`. @defaultValue `concurrency` */
  readonly backpressure?: number | undefined;
  /** Yield in input order. With `false` each outcome is yielded as soon as it is there. @defaultValue true */
  readonly preserveOrder?: boolean | undefined;
}

export interface ResolvedIoMapOptions<Item> {
  readonly concurrency: number;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly maxInFlightBytes: number;
  readonly weight: ((item: Item) => number) | undefined;
}

export type ResolvedIoMapSettledOptions<Item> = ResolvedIoMapOptions<Item> & CompletionLimits;

export interface ResolvedIoStreamOptions<Item> extends ResolvedIoMapOptions<Item> {
  readonly backpressure: number;
  readonly preserveOrder: boolean;
}

const MAP_KEYS = ['concurrency', 'timeoutMs', 'signal', 'maxInFlightBytes', 'weight'];
/** For who takes them together with options of their own. */
export const IO_MAP_SETTLED_KEYS: readonly string[] = [...MAP_KEYS, ...COMPLETION_KEYS];
const STREAM_KEYS = [...MAP_KEYS, 'backpressure', 'preserveOrder'];

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
  onlyKnownKeys('io.mapSettled', options, IO_MAP_SETTLED_KEYS);
  return { ...resolveCommon('io.mapSettled', options, defaults), ...resolveCompletionLimits(options) };
}

export function resolveIoStreamOptions<Item>(
  options: IoStreamOptions<Item>,
  defaults: { concurrency: number },
): ResolvedIoStreamOptions<Item> {
  onlyKnownKeys('io.stream', options, STREAM_KEYS);
  const common = resolveCommon('io.stream', options, defaults);
  const { backpressure = common.concurrency, preserveOrder = true } = options;
  return {
    ...common,
    backpressure: integer('backpressure', backpressure, common.concurrency),
    preserveOrder: boolean('preserveOrder', preserveOrder),
  };
}

function resolveCommon<Item>(
  call: string,
  options: IoMapOptions<Item>,
  defaults: { concurrency: number },
): ResolvedIoMapOptions<Item> {
  const { concurrency = defaults.concurrency, timeoutMs, signal, maxInFlightBytes, weight } = options;
  assertAbortSignal(signal);
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
    timeoutMs: timeoutMs === undefined ? undefined : integer('timeoutMs', timeoutMs, 1, MAX_TIMER_MS),
    signal,
    maxInFlightBytes:
      maxInFlightBytes === undefined ? Number.POSITIVE_INFINITY : integer('maxInFlightBytes', maxInFlightBytes, 1),
    weight,
  };
}
