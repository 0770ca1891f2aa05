import { strictEqual } from 'node:assert/strict';
import { createParallel } from 'lambda-parallel';
import pMap, { pMapSettled } from 'p-map';
import { type Figure, figure } from '../../local/figures/figures.ts';
import { rotated } from '../rotated.ts';

const ITEM_COUNT = 100_000;
const CONCURRENCY = 16;
/** A multiple of the contestants. */
const RUNS = 16;
/** Runs before the measured ones, until the code is compiled. */
const WARM_UP_RUNS = 3;

/** What the engine costs per item beside bare p-map, in the same run, on tasks that do nothing. */
export async function mapOverheadFigures(): Promise<Figure[]> {
  const items = Array.from({ length: ITEM_COUNT }, (_, index) => index);
  const noOp = async (item: number): Promise<number> => item;
  const options = { concurrency: CONCURRENCY };
  // With a deadline, as on Lambda.
  await using runtime = createParallel({}, { getRemainingTimeInMillis: () => 15 * 60_000 });
  const contestants = {
    'p-map': async () => (await pMap(items, noOp, options)).length,
    'p-map-settled': async () => (await pMapSettled(items, noOp, options)).length,
    'io-map': async () => (await runtime.io.map(items, noOp, options)).length,
    'io-map-settled': async () => (await runtime.io.mapSettled(items, noOp, options)).fulfilledCount,
  };
  const micros: Record<keyof typeof contestants, number[]> = {
    'p-map': [],
    'p-map-settled': [],
    'io-map': [],
    'io-map-settled': [],
  };
  for (let run = -WARM_UP_RUNS; run < RUNS; run += 1) {
    for (const [name, contestant] of rotated(Object.entries(contestants), run + WARM_UP_RUNS)) {
      globalThis.gc?.();
      const startedAtMs = performance.now();
      strictEqual(await contestant(), ITEM_COUNT);
      const micro = ((performance.now() - startedAtMs) * 1000) / ITEM_COUNT;
      if (run >= 0) micros[name as keyof typeof contestants].push(micro);
    }
  }
  const ratios = (own: keyof typeof contestants, peer: keyof typeof contestants): number[] =>
    micros[own].map((micro, run) => micro / (micros[peer][run] ?? Number.NaN));
  return [
    figure('io.map.overhead-vs-p-map', 'x', ratios('io-map', 'p-map')),
    figure('io.map-settled.overhead-vs-p-map', 'x', ratios('io-map-settled', 'p-map')),
    figure('io.map-settled.overhead-vs-p-map-settled', 'x', ratios('io-map-settled', 'p-map-settled')),
    figure('io.map.per-item-us', 'us', micros['io-map']),
    figure('p-map.per-item-us', 'us', micros['p-map']),
  ];
}
