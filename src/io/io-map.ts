import pMap from 'p-map';
import { RunStoppedError } from '../errors.ts';
import type { ResolvedIoMapOptions } from './io-options.ts';
import type { RunRegistry } from './run-registry.ts';
import { type Items, type MissingItem, Source } from './source.ts';
import type { Delivery, Task } from './task-run.ts';

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
      throw run.stopCause;
    },
  };
  // No grace: who asked for all values or an error has no use for waiting.
  const run = registry.open(task, options, delivery, { hasGrace: false, onStop: () => source.close() });
  try {
    const values = pMap(source.iterable, (item: Item | MissingItem, index) => run.executeArrived(item, index), {
      concurrency: options.concurrency,
    });
    await Promise.race([values, run.over]);
    if (run.stopReason !== undefined) throw run.stopCause;
    // p-map's type allows for its own skip symbol, which no delivery returns.
    return (await values) as Value[];
  } catch (error) {
    run.stop('aborted', new RunStoppedError('another task of the same io.map failed', { cause: error }));
    throw error;
  } finally {
    registry.close(run);
  }
}
