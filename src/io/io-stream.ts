import { pMapIterable } from 'p-map';
import { RunStoppedError } from '../errors.ts';
import type { StreamOutcome, TaskOutcome } from '../result/outcome.ts';
import { isPromiseLike } from '../run/is-promise-like.ts';
import { leaveAtOnce } from '../run/leave-at-once.ts';
import type { OpenRun, RunRegistry } from '../run/run-registry.ts';
import { MissingItem, type Source } from '../run/source.ts';
import { SwapList, type SwapListEntry } from '../run/swap-list.ts';
import type { ResolvedIoStreamOptions } from './io-options.ts';
import { type Delivery, type Task, TaskRun } from './task-run.ts';

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
  return leaveAtOnce(generator, () => leave());
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
  const run = TaskRun.open(registry, { task, options, delivery, hasGrace: true, onStop: () => source.close() });
  onOpen(run);
  const waiting = new SwapList<Waiting<Value>>();
  const abandonAll = async (): Promise<void> => {
    await run.end.over;
    source.giveUp(run.end.stopCause);
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
    const { stopReason, stopCause } = run.end;
    if (stopReason !== undefined) {
      // Past p-map: with a long array its half microsecond an item would outlast the margin.
      for (const arriving of source.rest()) {
        const item = isPromiseLike(arriving) ? await arriving : arriving;
        if (item instanceof MissingItem) throw item.reason;
        yield Object.assign(delivery.skipped(source.pulledCount - 1, stopReason), { item });
      }
      if (!source.isExhausted) throw stopCause;
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
