import { strictEqual } from 'node:assert/strict';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';
import type { BenchStack } from './bench-stack.ts';

const INVOCATIONS = 50;
/** Until all have a process: cold starts share the cores. */
const PATIENCE_MS = 15_000;

/** Fifty invocations at once: as many environments, each answered with what it was sent. */
export async function concurrentFigures({ invoke, setMemory }: BenchStack, progress: Progress): Promise<Figure[]> {
  let doneCount = 0;
  return await progress.during(
    'concurrent invocations',
    INVOCATIONS,
    () => doneCount,
    async () => {
      await setMemory('bench-wait', 512);
      const untilMs = Date.now() + PATIENCE_MS;
      const answers = await Promise.all(
        Array.from({ length: INVOCATIONS }, async (_, index) => {
          const invoked = await invoke('bench-wait', { index, untilMs });
          doneCount += 1;
          return invoked;
        }),
      );
      for (const [index, { value }] of answers.entries()) strictEqual((value as { index: number }).index, index);
      const environments = new Set(answers.map(({ value }) => (value as { logStream: string }).logStream));
      return [
        figure('lambda.concurrent-50.ok', 'count', [answers.length]),
        figure('lambda.concurrent-50.environments', 'count', [environments.size]),
      ];
    },
  );
}
