import {
  COMPLETION_KEYS,
  type CompletionLimits,
  type CompletionOptions,
  resolveCompletionLimits,
} from '../run/completion-limits.ts';
import { assertAbortSignal, boolean, integer, MAX_TIMER_MS, onlyKnownKeys } from '../validation.ts';

/** Options of `cpu.run`. An unknown key is an error. */
export interface CpuRunOptions {
  /**
   * An item that runs longer, in ms, is rejected with `TaskTimeoutError`, and its thread replaced by a new one. The time counts from
   * when the worker is called with the item. Integer from 1 to 2,147,483,647. @defaultValue none
   */
  readonly timeoutMs?: number | undefined;
  /** Ends the call: items not started are skipped. A thread that is still at one half the deadline margin later is replaced. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Move the ArrayBuffers and typed arrays of each item to its thread instead of copying them: they are empty for the caller
   * afterwards. A view of a part of its buffer is copied all the same.
   * @defaultValue false
   */
  readonly transfer?: boolean | undefined;
}

/** Options of `cpu.map`. */
export interface CpuMapOptions extends CpuRunOptions {
  /**
   * Items that are handed to a thread at once. `'auto'` measures: from one item up to what takes about 5 ms. With `transfer` it is
   * one. Integer >= 1. @defaultValue 'auto'
   */
  readonly chunk?: 'auto' | number | undefined;
}

/** Options of `cpu.mapSettled`. */
export interface CpuMapSettledOptions extends CpuMapOptions, CompletionOptions {}

/** Options of `cpu.stream`. */
export interface CpuStreamOptions extends CpuMapOptions {
  /**
   * Items that may be ahead of the consumer, those in threads included. Integer >= 1; with less than the threads there are, some
   * are idle. @defaultValue four chunks per thread
   */
  readonly backpressure?: number | undefined;
  /** Yield in input order. With `false` each outcome is yielded as soon as it is there. @defaultValue true */
  readonly preserveOrder?: boolean | undefined;
}

export interface ResolvedCpuRunOptions {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly transfer: boolean;
}

export interface ResolvedCpuMapOptions extends ResolvedCpuRunOptions {
  readonly chunk: 'auto' | number;
}

export type ResolvedCpuMapSettledOptions = ResolvedCpuMapOptions & CompletionLimits;

export interface ResolvedCpuStreamOptions extends ResolvedCpuMapOptions {
  readonly backpressure: number | undefined;
  readonly preserveOrder: boolean;
}

const RUN_KEYS = ['timeoutMs', 'signal', 'transfer'];
const MAP_KEYS = [...RUN_KEYS, 'chunk'];
const MAP_SETTLED_KEYS = [...MAP_KEYS, ...COMPLETION_KEYS];
const STREAM_KEYS = [...MAP_KEYS, 'backpressure', 'preserveOrder'];

export function resolveCpuRunOptions(options: CpuRunOptions): ResolvedCpuRunOptions {
  onlyKnownKeys('cpu.run', options, RUN_KEYS);
  return resolveRun(options);
}

export function resolveCpuMapOptions(options: CpuMapOptions): ResolvedCpuMapOptions {
  onlyKnownKeys('cpu.map', options, MAP_KEYS);
  return resolveMap(options);
}

export function resolveCpuMapSettledOptions(options: CpuMapSettledOptions): ResolvedCpuMapSettledOptions {
  onlyKnownKeys('cpu.mapSettled', options, MAP_SETTLED_KEYS);
  return { ...resolveMap(options), ...resolveCompletionLimits(options) };
}

export function resolveCpuStreamOptions(options: CpuStreamOptions): ResolvedCpuStreamOptions {
  onlyKnownKeys('cpu.stream', options, STREAM_KEYS);
  const { backpressure, preserveOrder = true } = options;
  return {
    ...resolveMap(options),
    backpressure: backpressure === undefined ? undefined : integer('backpressure', backpressure, 1),
    preserveOrder: boolean('preserveOrder', preserveOrder),
  };
}

function resolveMap(options: CpuMapOptions): ResolvedCpuMapOptions {
  const { chunk = 'auto' } = options;
  return { ...resolveRun(options), chunk: chunk === 'auto' ? chunk : integer("chunk, if not 'auto',", chunk, 1) };
}

function resolveRun({ timeoutMs, signal, transfer = false }: CpuRunOptions): ResolvedCpuRunOptions {
  assertAbortSignal(signal);
  return {
    timeoutMs: timeoutMs === undefined ? undefined : integer('timeoutMs', timeoutMs, 1, MAX_TIMER_MS),
    signal,
    transfer: boolean('transfer', transfer),
  };
}
