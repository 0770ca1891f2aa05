import { pMapIterable } from 'p-map';
import { RunStoppedError } from '../errors.ts';
import type { ResolvedIoStreamOptions } from '../options.ts';
import type { TaskOutcome } from '../result/outcome.ts';
import type { RunRegistry } from './run-registry.ts';
import { MissingItem, type Source } from './source.ts';
import { SwapList, type SwapListEntry } from './swap-list.ts';
import type { Delivery, Task } from './task-run.ts';

/** The outcome of one item of a stream, with the item: a generator's items are nowhere else. */
export type StreamOutcome<Item, Value> = TaskOutcome<Value> & { readonly item: Item };

/** An item on its way to the consumer. */
interface Waiting<Value> extends SwapListEntry {
  readonly index: number;
  readonly resolve: (outcome: TaskOutcome<Value>) => void;
}

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
    hasGrace: true,
    // An array goes on to its end, so that each of its items is yielded, as skipped.
    onStop: () => {
      if (source.size === undefined) source.close();
    },
  });
  const waiting = new SwapList<Waiting<Value>>();
  const abandonAll = async (): Promise<void> => {
    await run.over;
    source.giveUp(run.stopCause);
    for (const { index, resolve } of waiting.drain()) resolve(run.abandoned(index));
  };
  void abandonAll();
  const mapper = (item: Item | MissingItem, index: number): Promise<StreamOutcome<Item, Value>> =>
    new Promise((resolve) => {
      // Without an item there is no outcome to yield.
      if (item instanceof MissingItem) throw item.reason;
      const waiter: Waiting<Value> = { index, place: -1, resolve: (outcome) => resolve(Object.assign(outcome, { item })) };
      waiting.add(waiter);
      void run.execute(item, index).then((outcome) => {
        waiting.remove(waiter);
        waiter.resolve(outcome);
      });
    });
  try {
    yield* pMapIterable(source.iterable, mapper, { concurrency: options.concurrency, backpressure, preserveOrder });
    if (run.stopReason !== undefined && !source.isExhausted) throw run.stopCause;
  } catch (error) {
    run.stop('aborted', new RunStoppedError('the input could not be read on', { cause: error }));
    throw error;
  } finally {
    run.stop('aborted', new RunStoppedError('the consumer of io.stream left the loop'));
    registry.close(run);
  }
}
