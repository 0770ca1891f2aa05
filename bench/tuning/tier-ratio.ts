import { vcpuShare } from 'lambda-parallel';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { TunedHandlers } from './tuned-handlers.ts';

const MEMORY_MB = [512, 1024, 1769];
const RUNS = 3;

/** How far the times of a function that only computes are from the ratio of the CPU shares that they were measured with, in %. */
export async function tierRatioFigures({ measure }: TunedHandlers): Promise<Figure[]> {
  const errors = new Map<string, number[]>();
  for (let run = 0; run < RUNS; run += 1) {
    const tiers = await measure('monte-carlo', MEMORY_MB);
    for (const [index, small] of tiers.entries()) {
      for (const large of tiers.slice(index + 1)) {
        const expected = vcpuShare(large.memoryMb) / vcpuShare(small.memoryMb);
        const pair = `${small.memoryMb}-${large.memoryMb}`;
        const error = 100 * Math.abs(small.durationMs / large.durationMs / expected - 1);
        errors.set(pair, [...(errors.get(pair) ?? []), error]);
      }
    }
  }
  const worstOf = (run: number): number => Math.max(...[...errors.values()].map((ofPair) => ofPair[run] ?? Number.NaN));
  return [
    figure(
      'tuning.tier-ratio-error',
      '%',
      Array.from({ length: RUNS }, (_, run) => worstOf(run)),
    ),
    ...[...errors].map(([pair, ofPair]) => figure(`tuning.tier-ratio-error.${pair}`, '%', ofPair)),
  ];
}
