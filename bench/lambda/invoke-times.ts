import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';
import type { BenchStack } from './bench-stack.ts';

const WARM_RUNS = 200;
const COLD_RUNS = 7;
/** Init phases vary by more than what is looked for. */
const INIT_PAIRS = 15;

/** What a call costs beside its handler, warm and cold, and what `parallel()` adds to a cold start. */
export async function invokeTimeFigures({ invoke, cool }: BenchStack, progress: Progress): Promise<Figure[]> {
  const warmMs: number[] = [];
  const coldMs: number[] = [];
  const coldInitMs: number[] = [];
  const bareInitMs: number[] = [];
  const parallelInitMs: number[] = [];
  const total = WARM_RUNS + COLD_RUNS + 2 * INIT_PAIRS;
  const doneCount = (): number => warmMs.length + coldMs.length + bareInitMs.length + parallelInitMs.length;

  async function coldStart(functionName: string) {
    await cool(functionName);
    return await invoke(functionName, {});
  }

  await progress.during('invocations', total, doneCount, async () => {
    await invoke('bench-hello', {});
    while (warmMs.length < WARM_RUNS) {
      // The handler itself takes nothing.
      warmMs.push((await invoke('bench-hello', {})).roundTripMs);
    }
    while (coldMs.length < COLD_RUNS) {
      const { roundTripMs, initMs = Number.NaN } = await coldStart('bench-hello');
      coldMs.push(roundTripMs);
      coldInitMs.push(initMs);
    }
    // By turns: what else the machine does hits both.
    while (parallelInitMs.length < INIT_PAIRS) {
      bareInitMs.push((await coldStart('bench-bare-middy')).initMs ?? Number.NaN);
      parallelInitMs.push((await coldStart('bench-with-parallel')).initMs ?? Number.NaN);
    }
  });
  return [
    figure('lambda.warm-overhead-ms', 'ms', warmMs),
    figure('lambda.cold-start-ms', 'ms', coldMs),
    figure('lambda.cold-start.init-ms', 'ms', coldInitMs),
    figure(
      'lambda.middleware-init-ms',
      'ms',
      parallelInitMs.map((initMs, pair) => initMs - (bareInitMs[pair] ?? Number.NaN)),
    ),
    figure('lambda.bare-middy.init-ms', 'ms', bareInitMs),
  ];
}
