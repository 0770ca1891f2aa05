import type { Figure } from '../local/figures/figures.ts';
import type { Progress } from '../local/figures/progress.ts';
import { runBench } from './bench-program.ts';
import { type BenchStack, startBenchStack } from './lambda/bench-stack.ts';
import { bundleSizeFigures } from './lambda/bundle-size.ts';
import { concurrentFigures } from './lambda/concurrent.ts';
import { cpuShareFigures } from './lambda/cpu-share.ts';
import { invokeTimeFigures } from './lambda/invoke-times.ts';

/** Measures on a local Lambda of its own. */
function onStack(area: (bench: BenchStack, progress: Progress) => Promise<Figure[]>) {
  return async (progress: Progress): Promise<Figure[]> => {
    await using bench = await startBenchStack();
    return await area(bench, progress);
  };
}

await runBench({
  command: 'bench:lambda',
  description: 'Measures the local Lambda, and what the library adds to a function, in one run of about two minutes.',
  areas: {
    invoke: onStack(invokeTimeFigures),
    'cpu-share': onStack(cpuShareFigures),
    size: onStack(bundleSizeFigures),
    concurrent: onStack(concurrentFigures),
  },
});
