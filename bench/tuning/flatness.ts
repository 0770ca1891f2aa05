import { type Figure, figure } from '../../local/figures/figures.ts';
import type { TunedHandlers } from './tuned-handlers.ts';

/** From where computing takes less time than waiting. */
const MEMORY_MB = [1024, 1769, 3008];
/** Few at once: 25 times the latency of S3, whatever the memory setting. */
const WAITING = { repeat: 200, concurrency: 8 };
const RUNS = 3;

/** By how much the slowest setting is slower than the fastest for a function that waits, in %. */
export async function flatnessFigures({ measure }: TunedHandlers): Promise<Figure[]> {
  const percents: number[] = [];
  while (percents.length < RUNS) {
    const durationsMs = (await measure('parallel-download', MEMORY_MB, WAITING)).map(({ durationMs }) => durationMs);
    percents.push(100 * (Math.max(...durationsMs) / Math.min(...durationsMs) - 1));
  }
  return [figure('tuning.parallel-download.flatness', '%', percents)];
}
