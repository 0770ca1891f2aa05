import { RunStoppedError } from '../errors.ts';
import type { StreamOutcome } from '../result/outcome.ts';
import { isPromiseLike } from '../run/is-promise-like.ts';
import { leaveAtOnce } from '../run/leave-at-once.ts';
import { MissingItem, type Source } from '../run/source.ts';
import { type ChunkDelivery, ChunkRun, type CpuEngineParts } from './chunk-run.ts';
import type { ResolvedCpuStreamOptions } from './cpu-options.ts';
import { OutcomeQueue } from './outcome-queue.ts';

/** Chunks per thread that may be ahead of the consumer: one that runs, one that comes next, and what has come too early. */
const CHUNKS_AHEAD = 4;

/** `cpu.stream`: each outcome is yielded and forgotten. */
export function cpuStream<Item, Value>(
  engine: CpuEngineParts,
  source: Source<Item>,
  file: string,
  options: ResolvedCpuStreamOptions,
): AsyncGenerator<StreamOutcome<Item, Value>, void, void> {
  // Of the run that the first read opens.
  let leave = (): void => undefined;
  const generator = outcomes<Item, Value>(engine, source, file, options, (run) => {
    leave = () => run.stop('aborted', new RunStoppedError('the consumer of cpu.stream left the loop'));
  });
  return leaveAtOnce(generator, () => leave());
}

async function* outcomes<Item, Value>(
  engine: CpuEngineParts,
  source: Source<Item>,
  file: string,
  { backpressure, preserveOrder, ...options }: ResolvedCpuStreamOptions,
  onOpen: (run: ChunkRun<Item, Value>) => void,
): AsyncGenerator<StreamOutcome<Item, Value>, void, void> {
  const { registry, scheduler } = engine;
  const queue = new OutcomeQueue<StreamOutcome<Item, Value>>(preserveOrder);
  let yieldedCount = 0;
  let isStarved = false;
  let failure: { readonly index: number; readonly reason: unknown } | undefined;
  const fail = (index: number, reason: unknown): void => {
    failure ??= { index, reason };
    run.stop('aborted', new RunStoppedError('the input could not be read on', { cause: reason }));
  };
  const delivery: ChunkDelivery<Item, Value> = {
    fulfilled: (index, value, item) => queue.push({ status: 'fulfilled', index, value, item }),
    rejected: (index, reason, item) => queue.push({ status: 'rejected', index, reason, item }),
    // Without an item there is no outcome to yield.
    missing: fail,
  };
  const aheadCount = (): number => source.pulledCount - yieldedCount;
  let limit = 0;
  const mayPull = (chunkSize: number): boolean => {
    limit = backpressure ?? CHUNKS_AHEAD * scheduler.threadCount * chunkSize;
    isStarved = aheadCount() >= limit;
    return !isStarved;
  };
  // For whole chunks, not for the crumbs that each outcome leaves.
  const hasRoom = (): boolean => limit - aheadCount() >= limit / (2 * scheduler.threadCount);
  const maxChunkSize = backpressure === undefined ? undefined : Math.ceil(backpressure / scheduler.threadCount);
  const run = ChunkRun.open({
    ...engine,
    file,
    source,
    options,
    delivery,
    mayPull,
    maxChunkSize,
    isPatient: true,
    hasGrace: true,
  });
  onOpen(run);
  let isDone = false;
  const finish = (): void => {
    isDone = true;
    queue.wake();
  };
  run.done.then(finish, finish);
  let hasEnded = false;
  try {
    for (;;) {
      const outcome = queue.shift();
      if (outcome !== undefined) {
        yieldedCount += 1;
        if (isStarved && hasRoom()) run.arrived();
        yield outcome;
      } else if (isDone) break;
      else await queue.changed();
    }
    if (run.inputFailure !== undefined) throw run.inputFailure.error;
    const { stopReason, stopCause } = run.end;
    if (stopReason !== undefined) {
      const skipped = (item: Item, index: number): StreamOutcome<Item, Value> => {
        registry.ledger.skippedCount += 1;
        return { status: 'skipped', index, reason: stopReason, item };
      };
      const { items, indices } = run.leftovers();
      const missingIndex = failure?.index ?? Number.POSITIVE_INFINITY;
      for (const [position, item] of items.entries()) {
        const index = indices[position] as number;
        if (index < missingIndex) queue.push(skipped(item, index));
      }
      if (failure !== undefined) {
        // In its place: what comes before it has its outcome first.
        for (let outcome = queue.shift(); outcome !== undefined; outcome = queue.shift()) yield outcome;
        throw failure.reason;
      }
      // Promised items that have not come leave gaps.
      const isAwaiting = run.isAwaiting;
      source.giveUp(stopCause);
      yield* queue.drain();
      if (isAwaiting) throw stopCause;
      for (const arriving of source.rest()) {
        const item = isPromiseLike(arriving) ? await arriving : arriving;
        if (item instanceof MissingItem) throw item.reason;
        yield skipped(item, source.pulledCount - 1);
      }
      if (!source.isExhausted) throw stopCause;
    }
    hasEnded = true;
  } finally {
    if (!hasEnded) run.stop('aborted', new RunStoppedError('the consumer of cpu.stream left the loop'));
    registry.close(run);
  }
}
