import pMap from 'p-map';
import { RunStoppedError } from '../errors.ts';
import type { RunRegistry } from '../run/run-registry.ts';
import { type Items, type MissingItem, Source } from '../run/source.ts';
import type { ResolvedIoMapOptions } from './io-options.ts';
import { type Delivery, type Task, TaskRun } from './task-run.ts';

/** `io.map`: all values, or the first failure at once. */
export async function ioMap<Item, Value>(
  registry: RunRegistry,
  items: Items<Item>,
  task: Task<Item, Value>,
  options: ResolvedIoMapOptions<Item>,
): Promise<Value[]> {
  const source = new Source(items);
  const delivery: Delivery<Value, Value> = {
    fulfilled: (_index, value) => value,
    rejected: (_index, reason) => {
      throw reason;
    },
    skipped: () => {
      throw run.end.stopCause;
    },
  };
  // No grace: who asked for all values or an error has no use for waiting.
  const run = TaskRun.open(registry, { task, options, delivery, hasGrace: false, onStop: () => source.close() });
  try {
    const values = pMap(source.iterable, (item: Item | MissingItem, index) => run.executeArrived(item, index), {
      concurrency: options.concurrency,
    });
    await Promise.race([values, run.end.over]);
    if (run.end.stopReason !== undefined) throw run.end.stopCause;
    if (source.failure !== undefined) throw source.failure.error;
    // p-map's type allows for its own skip symbol, which no delivery returns.
    return (await values) as Value[];
  } catch (error) {
    run.stop('aborted', new RunStoppedError('another task of the same io.map failed', { cause: error }));
    throw error;
  } finally {
    registry.close(run);
  }
}
