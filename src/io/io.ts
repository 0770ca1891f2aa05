import type { Deadline } from '../deadline/deadline.ts';
import type { StreamOutcome } from '../result/outcome.ts';
import type { ParallelResult } from '../result/parallel-result.ts';
import { RunRegistry } from '../run/run-registry.ts';
import { type Items, Source } from '../run/source.ts';
import { TaskLedger, type TaskStatistics } from '../run/task-ledger.ts';
import type { TaskMeter } from '../run/task-meter.ts';
import { shown } from '../validation.ts';
import { ioMap } from './io-map.ts';
import { ioMapSettled } from './io-map-settled.ts';
import {
  type IoMapOptions,
  type IoMapSettledOptions,
  type IoStreamOptions,
  resolveIoMapOptions,
  resolveIoMapSettledOptions,
  resolveIoStreamOptions,
} from './io-options.ts';
import { ioStream } from './io-stream.ts';
import type { Task } from './task-run.ts';

/**
 * Runs tasks that wait: S3, EC2, DynamoDB, HTTP. Work that computes blocks the event loop and every other task with it.
 *
 * In all three, items are pulled one by one as slots free up, so a generator of a million keys is fine; nothing starts after
 * the invocation's deadline; and a task that is to stop is told through `scope.signal`.
 */
export interface Io {
  /**
   * Runs `task` once per item and returns the values in input order; rejects at the first failure.
   *
   * @param task - Must stop when `scope.signal` aborts.
   * @throws What the first failing task threw, as it was thrown; the others are told to stop and not waited for.
   * @throws {DeadlineExceededError} At the deadline.
   * @throws The reason of `options.signal` when it aborts.
   * @throws {TypeError | RangeError} For a wrong option, before anything starts.
   */
  map<Item, Value>(items: Items<Item>, task: Task<Item, Value>, options?: IoMapOptions<Item>): Promise<Value[]>;

  /**
   * Runs `task` once per item and keeps going when one fails.
   *
   * @param task - Must stop when `scope.signal` aborts. One that does not is waited for at most half the deadline margin, then
   * rejected with `TaskAbandonedError`.
   * @returns One outcome per item, in input order: `fulfilled`, `rejected`, or `skipped` when its task was never called.
   * @throws What iterating `items` throws. Task errors are outcomes, never exceptions; so is a promised item that rejects.
   * @throws {TypeError | RangeError} For a wrong option, before anything starts.
   */
  mapSettled<Item, Value>(
    items: Items<Item>,
    task: Task<Item, Value>,
    options?: IoMapSettledOptions<Item>,
  ): Promise<ParallelResult<Value>>;

  /**
   * As `mapSettled`, but yields each outcome and forgets it: memory stays constant however long the input is. At most
   * `backpressure` items are ahead of the consumer. A consumer that leaves the loop stops the run.
   *
   * @throws What iterating `items` throws, or what a promised item rejects with: there is no item to yield.
   * @throws {DeadlineExceededError} At the deadline, or the reason of `options.signal`, if an iterator was left with items unread:
   * after all outcomes of what was read. Of an array every item is yielded, the rest as `skipped`; only a promised item that
   * has not come by then ends the stream in this way.
   * @throws {TypeError | RangeError} For a wrong option, before anything starts.
   */
  stream<Item, Value>(
    items: Items<Item>,
    task: Task<Item, Value>,
    options?: IoStreamOptions<Item>,
  ): AsyncGenerator<StreamOutcome<Item, Value>, void, void>;

  /** What the tasks of this invocation came to so far. */
  readonly statistics: TaskStatistics;
}

export interface IoEngine extends Io {
  /** Ends every run. Its tasks are told, and not waited for. */
  stop(): void;
  /** Ends every run, and waits for its tasks to stop as long as the deadline's grace allows. */
  close(): Promise<void>;
  /** A service refused a call because of the rate, and it is sent again. */
  throttled(): void;
}

export interface IoEngineOptions {
  readonly deadline: Deadline;
  readonly concurrency: number;
  /** Absent where nobody measures. */
  readonly meter?: TaskMeter | undefined;
}

/** The I/O engine of one invocation. */
export function createIoEngine({ deadline, concurrency, meter }: IoEngineOptions): IoEngine {
  const defaults = { concurrency };
  const registry = new RunRegistry(deadline, new TaskLedger(meter));

  /** The task as it is to be called. */
  function usable<Item, Value>(task: Task<Item, Value>): Task<Item, Value> {
    registry.assertOpen();
    if (typeof task !== 'function') throw new TypeError(`Cannot run the task as it must be a function: ${shown(task)}`);
    // Once per call, so that items cost nothing more where nobody measures.
    return meter === undefined ? task : meter.measured(task);
  }

  return {
    statistics: registry.ledger,

    async map<Item, Value>(items: Items<Item>, task: Task<Item, Value>, options: IoMapOptions<Item> = {}): Promise<Value[]> {
      return await ioMap(registry, items, usable(task), resolveIoMapOptions(options, defaults));
    },

    async mapSettled<Item, Value>(
      items: Items<Item>,
      task: Task<Item, Value>,
      options: IoMapSettledOptions<Item> = {},
    ): Promise<ParallelResult<Value>> {
      return await ioMapSettled(registry, items, usable(task), resolveIoMapSettledOptions(options, defaults));
    },

    stream<Item, Value>(
      items: Items<Item>,
      task: Task<Item, Value>,
      options: IoStreamOptions<Item> = {},
    ): AsyncGenerator<StreamOutcome<Item, Value>, void, void> {
      const called = usable(task);
      return ioStream(registry, new Source(items), called, resolveIoStreamOptions(options, defaults));
    },

    stop: () => registry.stop(),
    close: () => registry.end(),
    throttled: () => meter?.throttled(),
  };
}
