import { strictEqual } from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { createParallel, workerRef } from 'lambda-parallel';
import { Piscina } from 'piscina';
import hitsOf, { type Shard } from '../../handlers/workers/monte-carlo.worker.ts';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';
import { rotated } from '../rotated.ts';

/** Some 0.6 s on one thread. */
const SHARDS = 60;
const SAMPLES_PER_SHARD = 500_000;
const RUNS = 6;
const WARM_UP_RUNS = 1;

const monteCarlo = workerRef<typeof import('../../handlers/workers/monte-carlo.worker.ts')>(
  new URL('../../handlers/workers/monte-carlo.worker.ts', import.meta.url),
);

/** One way of adding up the hits of all shards, and the time it took in each run. */
interface Way {
  readonly totalHits: () => Promise<number>;
  readonly seconds: number[];
}

/** What a second thread is worth: the Monte Carlo job on one thread, on two, and so on up to the cores of this machine. */
export async function threadSpeedupFigures(progress: Progress): Promise<Figure[]> {
  const shards = Array.from({ length: SHARDS }, (_, shard): Shard => ({ seed: 1, shard, samples: SAMPLES_PER_SHARD }));
  const threadCounts = Array.from({ length: availableParallelism() }, (_, index) => index + 1);
  await using opened = new AsyncDisposableStack();

  const plainLoop: Way = { totalHits: async () => sum(shards.map(hitsOf)), seconds: [] };
  const engines = threadCounts.map((threadCount): Way => {
    const runtime = opened.use(createParallel({ workers: [monteCarlo], maxThreads: threadCount }));
    return { totalHits: async () => sum(await runtime.cpu.map(shards, monteCarlo)), seconds: [] };
  });
  const equalShares = threadCounts.map((threadCount): Way => {
    const filename = new URL('./workers/monte-carlo.piscina.ts', import.meta.url).href;
    const threads = { minThreads: threadCount, maxThreads: threadCount };
    const piscina = opened.adopt(new Piscina({ filename, ...threads }), (pool) => pool.destroy());
    const size = Math.ceil(SHARDS / threadCount);
    const shares = threadCounts.slice(0, threadCount).map((_, share) => shards.slice(share * size, (share + 1) * size));
    return { totalHits: async () => sum(await Promise.all(shares.map((share) => piscina.run(share)))), seconds: [] };
  });
  await measure([plainLoop, ...engines, ...equalShares], sum(shards.map(hitsOf)), progress);

  const [oneThread = plainLoop] = engines;
  const figures = [figure('cpu.threads-1.vs-main-thread', 'x', ratios(plainLoop, oneThread))];
  for (const [index, threadCount] of threadCounts.entries()) {
    if (threadCount === 1) continue;
    const speedups = ratios(oneThread, engines[index] ?? oneThread);
    figures.push(
      figure(`cpu.threads-${threadCount}.speedup`, 'x', speedups),
      figure(
        `cpu.threads-${threadCount}.efficiency`,
        'x',
        speedups.map((speedup) => speedup / threadCount),
      ),
      // What this machine gives to threads that are handed their share at once and are left alone.
      figure(`cpu.threads-${threadCount}.limit`, 'x', ratios(oneThread, equalShares[index] ?? oneThread)),
    );
  }
  return figures;
}

async function measure(ways: readonly Way[], expectedHits: number, progress: Progress): Promise<void> {
  let doneCount = 0;
  const runAll = async (): Promise<void> => {
    for (let run = -WARM_UP_RUNS; run < RUNS; run += 1) {
      for (const { totalHits, seconds } of rotated(ways, run + WARM_UP_RUNS)) {
        globalThis.gc?.();
        const startedAtMs = performance.now();
        strictEqual(await totalHits(), expectedHits);
        if (run >= 0) seconds.push((performance.now() - startedAtMs) / 1000);
        doneCount += 1;
      }
    }
  };
  await progress.during('threads', ways.length * (RUNS + WARM_UP_RUNS), () => doneCount, runAll);
}

/** How many times faster the second is, run by run. */
function ratios(slow: Way, fast: Way): number[] {
  return slow.seconds.map((seconds, run) => seconds / (fast.seconds[run] ?? Number.NaN));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
