/** Estimates π from random points, on all threads or on one: what computing costs, in figures. */
import middy from '@middy/core';
import { parallel, workerRef } from 'lambda-parallel';
import { integer, maxValue, minValue, number, optional, picklist, pipe, strictObject } from 'valibot';
import { validateEvent } from './middleware/validate-event.ts';
import hitsOf, { type Shard } from './workers/monte-carlo.worker.ts';

const integerIn = (min: number, max: number) => pipe(number(), integer(), minValue(min), maxValue(max));

const MonteCarloEvent = strictObject({
  /** Random points altogether. */
  samples: integerIn(1, 1_000_000_000_000),
  /** Items that the points are dealt out to. The estimate depends on their number, and never on that of the threads. */
  shards: integerIn(1, 1000),
  seed: integerIn(-(2 ** 31), 2 ** 31 - 1),
  mode: optional(picklist(['parallel', 'sequential']), 'parallel'),
});

const monteCarlo = workerRef<typeof import('./workers/monte-carlo.worker.ts')>(
  new URL('./workers/monte-carlo.worker.ts', import.meta.url),
);

export const handler = middy()
  .use(validateEvent('monte-carlo', MonteCarloEvent))
  .use(parallel({ workers: [monteCarlo], metrics: 'log' }))
  .handler(async ({ samples, shards: shardCount, seed, mode }, context) => {
    const { io, cpu } = context.parallel;
    const shards = Array.from({ length: shardCount }, (_, shard): Shard => {
      const samplesBefore = (part: number) => Math.floor((samples * part) / shardCount);
      return { seed, shard, samples: samplesBefore(shard + 1) - samplesBefore(shard) };
    });
    const result =
      mode === 'parallel'
        ? await cpu.mapSettled(shards, monteCarlo)
        : await io.mapSettled(shards, (shard) => hitsOf(shard), { concurrency: 1 });

    const [failure] = result.rejected;
    // With nothing to show, the error itself says more than a result full of it.
    if (failure && result.rejectedCount === shardCount) throw failure.reason;
    let hits = 0;
    let samplesTaken = 0;
    for (const outcome of result.outcomes) {
      if (outcome.status !== 'fulfilled') continue;
      hits += outcome.value;
      samplesTaken += shards[outcome.index]?.samples ?? 0;
    }
    const share = hits / samplesTaken;
    return {
      completionReason: result.completionReason,
      // Of the shards that were done by the deadline; `null` if none was.
      pi: samplesTaken > 0 ? 4 * share : null,
      standardError: samplesTaken > 0 ? 4 * Math.sqrt((share * (1 - share)) / samplesTaken) : null,
      hits,
      samples: samplesTaken,
      shards: { done: result.fulfilledCount, failed: result.rejectedCount, skipped: result.skippedCount },
    };
  });
