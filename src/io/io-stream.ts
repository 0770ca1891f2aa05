import { pMapIterable } from 'p-map';
import { RunStoppedError } from '../errors.ts';
import type { TaskOutcome } from '../result/outcome.ts';
import type { ResolvedIoStreamOptions } from './io-options.ts';
import { isPromiseLike } from './is-promise-like.ts';
import type { OpenRun, RunRegistry } from './run-registry.ts';
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
export function ioStream<Item, Value>(
  registry: RunRegistry,
  source: Source<Item>,
  task: Task<Item, Value>,
  options: ResolvedIoStreamOptions<Item>,
): AsyncGenerator<StreamOutcome<Item, Value>, void, void> {
  // Of the run that the first read opens.
  let leave = (): void => undefined;
  const generator = outcomes(registry, source, task, options, (run) => {
    leave = () => run.stop('aborted', new RunStoppedError('the consumer of io.stream left the loop'));
  });
  // A generator answers `return` only after its pending `next`: the consumer who leaves is to stop the tasks at once.
  const { return: end, throw: fail } = generator;
  generator.return = (value) => {
    leave();
    return end.call(generator, value);
  };
  generator.throw = (error) => {
    leave();
    return fail.call(generator, error);
  };
  return generator;
}

async function* outcomes<Item, Value>(
  registry: RunRegistry,
  source: Source<Item>,
  task: Task<Item, Value>,
  { backpressure, preserveOrder, ...options }: ResolvedIoStreamOptions<Item>,
  onOpen: (run: OpenRun) => void,
): AsyncGenerator<StreamOutcome<Item, Value>, void, void> {
  const delivery: Delivery<Value, TaskOutcome<Value>> = {
    fulfilled: (index, value) => ({ status: 'fulfilled', index, value }),
    rejected: (index, reason) => ({ status: 'rejected', index, reason }),
    skipped: (index, reason) => {
      registry.ledger.skippedCount += 1;
      return { status: 'skipped', index, reason };
    },
  };
  const run = registry.open(task, options, delivery, { hasGrace: true, onStop: () => source.close() });
  onOpen(run);
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
  let hasEnded = false;
  try {
    yield* pMapIterable(source.iterable, mapper, { concurrency: options.concurrency, backpressure, preserveOrder });
    if (run.stopReason !== undefined) {
      // Past p-map: with a long array its half microsecond an item would outlast the margin.
      for (const arriving of source.rest()) {
        const item = isPromiseLike(arriving) ? await arriving : arriving;
        if (item instanceof MissingItem) throw item.reason;
        yield Object.assign(delivery.skipped(source.pulledCount - 1, run.stopReason), { item });
      }
      if (!source.isExhausted) throw run.stopCause;
    }
    hasEnded = true;
  } catch (error) {
    run.stop('aborted', new RunStoppedError('the input could not be read on', { cause: error }));
    throw error;
  } finally {
    if (!hasEnded) run.stop('aborted', new RunStoppedError('the consumer of io.stream left the loop'));
    registry.close(run);
  }
}
