import { pMapIterable } from 'p-map';
import { RunStoppedError } from '../errors.ts';
import type { ResolvedIoStreamOptions } from '../options.ts';
import type { TaskOutcome } from '../result/outcome.ts';
import type { RunRegistry } from './run-registry.ts';
import type { Source } from './source.ts';
import type { Delivery, Task } from './task-run.ts';

/** The outcome of one item of a stream, with the item: a generator's items are nowhere else. */
export type StreamOutcome<Item, Value> = TaskOutcome<Value> & { readonly item: Item };

/** `io.stream`: each outcome is yielded and forgotten. */
export async function* ioStream<Item, Value>(
  registry: RunRegistry,
  source: Source<Item>,
  task: Task<Item, Value>,
  { backpressure, preserveOrder, ...options }: ResolvedIoStreamOptions<Item>,
): AsyncGenerator<StreamOutcome<Item, Value>, void, void> {
  const delivery: Delivery<Value, TaskOutcome<Value>> = {
    fulfilled: (index, value) => ({ status: 'fulfilled', index, value }),
    rejected: (index, reason) => ({ status: 'rejected', index, reason }),
    skipped: (index, reason) => {
      registry.ledger.skippedCount += 1;
      return { status: 'skipped', index, reason };
    },
  };
  const run = registry.open(task, options, delivery, {
    graceMs: registry.deadline.graceMs,
    // An array goes on to its end, so that each of its items is yielded, as skipped.
    onStop: () => {
      if (source.size === undefined) source.close();
    },
  });
  const waiting = new Map<number, (outcome: TaskOutcome<Value>) => void>();
  const abandonAll = async (): Promise<void> => {
    await run.over;
    for (const [index, resolve] of waiting) resolve(run.abandoned(index));
  };
  void abandonAll();
  const mapper = async (item: Item, index: number): Promise<StreamOutcome<Item, Value>> => {
    const outcome = await new Promise<TaskOutcome<Value>>((resolve) => {
      waiting.set(index, resolve);
      void run.execute(item, index).then(resolve);
    });
    waiting.delete(index);
    return Object.assign(outcome, { item });
  };
  try {
    yield* pMapIterable(source.iterable, mapper, { concurrency: options.concurrency, backpressure, preserveOrder });
    if (run.stopReason !== undefined && !source.isExhausted) throw run.stopCause;
  } finally {
    run.stop('aborted', new RunStoppedError('the consumer of io.stream left the loop'));
    registry.close(run);
  }
}
