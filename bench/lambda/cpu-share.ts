import { vcpuShare } from 'lambda-parallel';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';
import type { BenchStack } from './bench-stack.ts';

const MEMORY_MB = [128, 512, 1024, 1769, 3008];
const RUNS = 3;
/** A hundred periods of the quota. */
const DURATION_MS = 2000;

/** How far the CPU time that a function is given is from what its memory setting pays for, in % of that. */
export async function cpuShareFigures({ invoke, setMemory }: BenchStack, progress: Progress): Promise<Figure[]> {
  const figures: Figure[] = [];
  let doneCount = 0;
  await progress.during(
    'CPU share',
    MEMORY_MB.length * RUNS,
    () => doneCount,
    async () => {
      for (const memoryMb of MEMORY_MB) {
        await setMemory('bench-burn', memoryMb);
        const paid = vcpuShare(memoryMb);
        const shares: number[] = [];
        while (shares.length < RUNS) {
          const event = { threadCount: Math.ceil(paid), durationMs: DURATION_MS };
          const { cpuMs, wallMs } = (await invoke('bench-burn', event)).value as { cpuMs: number; wallMs: number };
          shares.push(cpuMs / wallMs);
          doneCount += 1;
        }
        const errors = shares.map((share) => 100 * Math.abs(share / paid - 1));
        figures.push(
          figure(`lambda.cpu-share-error.${memoryMb}`, '%', errors),
          figure(`lambda.cpu-share.${memoryMb}`, 'vCPU', shares),
        );
      }
    },
  );
  return figures;
}
