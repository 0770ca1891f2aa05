import type { Deadline } from '../deadline/deadline.ts';
import { TaskAbandonedError, TaskTimeoutError } from '../errors.ts';
import type { RejectedOutcome, SkipReason } from '../result/outcome.ts';
import { isPromiseLike } from '../run/is-promise-like.ts';
import { RunEnd } from '../run/run-end.ts';
import type { OpenRun, RunRegistry } from '../run/run-registry.ts';
import { MissingItem } from '../run/source.ts';
import { SwapList, type SwapListEntry } from '../run/swap-list.ts';
import type { TaskLedger } from '../run/task-ledger.ts';
import { shown } from '../validation.ts';
import { ByteBudget } from './byte-budget.ts';
import type { ResolvedIoMapOptions } from './io-options.ts';

/** What a task is given beside its item. */
export interface TaskScope {
  /**
   * Aborts when the task is to stop: deadline, `timeoutMs`, the caller's signal, or a result that is no longer wanted. Pass it
   * on to everything the task waits for. All tasks of a call share it, unless `timeoutMs` gives each its own, so remove a
   * listener that you add yourself; the SDK and `fetch` do.
   */
  readonly signal: AbortSignal;
  /** Position of the item in the input, from 0. */
  readonly index: number;
}

export type Task<Item, Value> = (item: Item, scope: TaskScope) => Value | PromiseLike<Value>;

/** What the call that runs the tasks makes of each outcome. */
export interface Delivery<Value, Delivered> {
  /** The task is about to be called: from here on the item is not skipped any more. */
  started?(index: number): void;
  fulfilled(index: number, value: Value): Delivered;
  /** Throws where a rejected item is to reject the call. */
  rejected(index: number, reason: unknown): Delivered;
  skipped(index: number, reason: SkipReason): Delivered;
}

export interface TaskRunParts<Item, Value, Delivered> {
  readonly task: Task<Item, Value>;
  readonly options: ResolvedIoMapOptions<Item>;
  readonly deadline: Deadline;
  readonly ledger: TaskLedger;
  readonly delivery: Delivery<Value, Delivered>;
  /** Whether tasks that were told to stop are waited for, as long as the deadline's grace allows. */
  readonly hasGrace: boolean;
  /** Called once, when nothing more is to start. */
  readonly onStop: () => void;
}

/**
 * The tasks of one `map`, `mapSettled` or `stream`: starts them, and tells them to stop.
 *
 * `execute` runs once per item beside p-map's own half microsecond, so it is one async function and allocates one object.
 * What a task leaves open that does not listen to its signal is therefore settled by the call, when `end.over` resolves.
 */
export class TaskRun<Item, Value, Delivered> implements OpenRun {
  place = -1;
  readonly end: RunEnd;
  readonly #parts: TaskRunParts<Item, Value, Delivered>;
  readonly #controller = new AbortController();
  readonly #budget: ByteBudget | undefined;
  /** The signals and timers that running tasks have of their own, because of `timeoutMs`. */
  readonly #timedTasks = new SwapList<TimedTask>();
  #isFinished = false;

  /** @throws {InvocationEndedError} After the end of the invocation. */
  static open<Item, Value, Delivered>(
    registry: RunRegistry,
    parts: Omit<TaskRunParts<Item, Value, Delivered>, 'deadline' | 'ledger'>,
  ): TaskRun<Item, Value, Delivered> {
    const { deadline, ledger } = registry;
    return registry.open(() => new TaskRun({ ...parts, deadline, ledger }));
  }

  private constructor(parts: TaskRunParts<Item, Value, Delivered>) {
    this.#parts = parts;
    const { deadline, options, hasGrace } = parts;
    if (options.weight) this.#budget = new ByteBudget(options.maxInFlightBytes);
    this.end = new RunEnd({ deadline, signal: options.signal, hasGrace, onStop: (cause) => this.#tell(cause) });
  }

  /** `execute`, for an item that may have been a promise. */
  executeArrived(item: Item | MissingItem, index: number): Promise<Delivered> {
    return item instanceof MissingItem ? this.#missed(item, index) : this.execute(item, index);
  }

  /** Runs the task for one item. Rejects only where the delivery of its outcome throws. */
  async execute(item: Item, index: number): Promise<Delivered> {
    const { task, options, ledger, delivery } = this.#parts;
    let bytes = 0;
    if (this.#budget !== undefined && this.end.stopReason === undefined) {
      try {
        bytes = checkedWeight(options.weight?.(item), index, options.maxInFlightBytes);
      } catch (reason) {
        ledger.rejectedCount += 1;
        return delivery.rejected(index, reason);
      }
      const askedAtMs = ledger.meter === undefined ? 0 : performance.now();
      await this.#budget.acquire(bytes);
      if (this.end.stopReason === undefined) ledger.meter?.waited(performance.now() - askedAtMs);
    }
    if (this.end.isStopped) return delivery.skipped(index, this.end.stopReason as SkipReason);
    ledger.started();
    delivery.started?.(index);
    let value: Value;
    try {
      if (options.timeoutMs === undefined) {
        const result = task(item, { signal: this.#controller.signal, index });
        value = isPromiseLike(result) ? await result : result;
        ledger.ended();
      } else {
        value = await this.#executeWithin(options.timeoutMs, item, index);
      }
    } catch (reason) {
      if (options.timeoutMs === undefined) ledger.ended();
      // What ends after its run has its outcome already.
      if (!this.#isFinished) ledger.rejectedCount += 1;
      this.#budget?.release(bytes);
      return delivery.rejected(index, reason);
    }
    if (!this.#isFinished) ledger.fulfilledCount += 1;
    this.#budget?.release(bytes);
    return delivery.fulfilled(index, value);
  }

  /** Starts nothing more and tells what is in flight. The first reason stands. */
  stop(reason: SkipReason, cause: unknown): void {
    this.end.stop(reason, cause);
  }

  /** To be called when the run is over, whichever way: leaves no timer and no listener behind. */
  finish(): void {
    this.#isFinished = true;
    for (const { timer } of this.#timedTasks) clearTimeout(timer);
    this.end.finish();
  }

  /** The outcome of an item whose task has not settled when the run is over. */
  abandoned(index: number): RejectedOutcome {
    this.#parts.ledger.rejectedCount += 1;
    const reason = new TaskAbandonedError(index, this.end.graceMs, { cause: this.end.stopCause });
    return { status: 'rejected', index, reason };
  }

  async #missed({ reason }: MissingItem, index: number): Promise<Delivered> {
    this.#parts.ledger.rejectedCount += 1;
    return this.#parts.delivery.rejected(index, reason);
  }

  #tell(cause: unknown): void {
    this.#controller.abort(cause);
    for (const { controller } of this.#timedTasks) controller.abort(cause);
    this.#budget?.open();
    this.#parts.onStop();
  }

  /** Rejects at the timeout; the task itself may end later, and counts as running until then. */
  #executeWithin(timeoutMs: number, item: Item, index: number): Promise<Value> {
    const { task, ledger } = this.#parts;
    const controller = new AbortController();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const reason = new TaskTimeoutError(index, timeoutMs);
        reject(reason);
        controller.abort(reason);
      }, timeoutMs);
      const timed: TimedTask = { controller, timer, place: -1 };
      this.#timedTasks.add(timed);
      const end = (): void => {
        clearTimeout(timer);
        this.#timedTasks.remove(timed);
        ledger.ended();
      };
      (async () => task(item, { signal: controller.signal, index }))().then(
        (value) => {
          end();
          resolve(value);
        },
        (reason) => {
          end();
          reject(reason);
        },
      );
    });
  }
}

interface TimedTask extends SwapListEntry {
  readonly controller: AbortController;
  readonly timer: NodeJS.Timeout;
}

function checkedWeight(bytes: unknown, index: number, maxInFlightBytes: number): number {
  if (typeof bytes !== 'number' || !(bytes >= 0)) {
    throw new TypeError(`Cannot start item ${index} as its weight must be a number of bytes >= 0: ${shown(bytes)}`);
  }
  if (bytes > maxInFlightBytes) {
    throw new RangeError(
      `Cannot start item ${index} as its weight must fit into maxInFlightBytes, ${maxInFlightBytes}: ${bytes}; raise maxInFlightBytes, or split the item`,
    );
  }
  return bytes;
}
