import pMap from 'p-map';
import { RunStoppedError } from '../errors.ts';
import type { TaskOutcome } from '../result/outcome.ts';
import { ParallelResult } from '../result/parallel-result.ts';
import { completionPolicy } from '../run/completion-policy.ts';
import type { RunRegistry } from '../run/run-registry.ts';
import { type Items, type MissingItem, Source } from '../run/source.ts';
import type { ResolvedIoMapSettledOptions } from './io-options.ts';
import { type Delivery, type Task, TaskRun } from './task-run.ts';

/** Stands for the outcome of an item whose task runs. */
const STARTED = Symbol('started');

/** `io.mapSettled`: one outcome per item, whatever fails. */
export async function ioMapSettled<Item, Value>(
  registry: RunRegistry,
  items: Items<Item>,
  task: Task<Item, Value>,
  options: ResolvedIoMapSettledOptions<Item>,
): Promise<ParallelResult<Value>> {
  const source = new Source(items);
  const policy = completionPolicy(options, source.size);
  const slots: (TaskOutcome<Value> | typeof STARTED | undefined)[] = [];
  let isOver = false;

  function settle(outcome: TaskOutcome<Value>): void {
    if (isOver) return;
    slots[outcome.index] = outcome;
    const end = policy?.settled(outcome);
    if (end) run.stop(end.reason, end.cause);
  }

  const delivery: Delivery<Value, void> = {
    started: (index) => {
      slots[index] = STARTED;
    },
    fulfilled: (index, value) => settle({ status: 'fulfilled', index, value }),
    rejected: (index, reason) => settle({ status: 'rejected', index, reason }),
    // Left empty: what has not started when the run is over is skipped, whether it was pulled or not.
    skipped: () => undefined,
  };
  const run = TaskRun.open(registry, { task, options, delivery, hasGrace: true, onStop: () => source.close() });
  try {
    const mapper = (item: Item | MissingItem, index: number): Promise<void> => run.executeArrived(item, index);
    await Promise.race([pMap(source.iterable, mapper, { concurrency: options.concurrency }), run.end.over]);
    if (source.failure !== undefined && run.end.stopReason === undefined) throw source.failure.error;
    isOver = true;
    const outcomes = settledOutcomes(slots, source.itemCount, run);
    const result = new ParallelResult(
      outcomes,
      run.end.stopReason ?? 'all-settled',
      source.isExhausted || source.size !== undefined,
    );
    registry.ledger.skippedCount += result.skippedCount;
    return result;
  } catch (error) {
    run.stop('aborted', new RunStoppedError('the input could not be read on', { cause: error }));
    throw error;
  } finally {
    registry.close(run);
  }
}

/** Gives an outcome to every item that has none: its task was never called, or never ended. */
function settledOutcomes<Value>(
  slots: (TaskOutcome<Value> | typeof STARTED | undefined)[],
  itemCount: number,
  run: Pick<TaskRun<never, never, never>, 'end' | 'abandoned'>,
): TaskOutcome<Value>[] {
  // An iterator that answers out of order may have been stopped between two of its items.
  const count = Math.max(itemCount, slots.length);
  for (let index = 0; index < count; index += 1) {
    const slot = slots[index];
    if (slot === STARTED) slots[index] = run.abandoned(index);
    else if (slot === undefined) slots[index] = { status: 'skipped', index, reason: run.end.stopReason ?? 'aborted' };
  }
  return slots as TaskOutcome<Value>[];
}
