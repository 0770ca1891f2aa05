import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Figure, figure } from '../../local/figures/figures.ts';

const RUNS = 5;

/**
 * The Lambda runtime gives a tenth of the memory setting to V8's young generation, three semi-spaces, so 8 MB each at 256 MB
 * (unofficial): https://dev.to/wonderfulsoap/deep-dive-into-aws-lambda-3-official-nodejs-runtime-analysis-43je
 */
const TIER_256_FLAGS = ['--max-semi-space-size=8'];

/**
 * How far memory grows from a fresh process on while a million items pass through, beside bare p-map: with V8's limits as on
 * Lambda at 256 MB, and with those of this machine, where V8 lets its young generation grow to 96 MB whoever fills it.
 */
export async function streamMemoryFigures(): Promise<Figure[]> {
  const growth = async (stream: 'io' | 'p-map', flags: readonly string[]): Promise<number[]> => {
    const megabytes: number[] = [];
    while (megabytes.length < RUNS) megabytes.push(await growthOf(stream, flags));
    return megabytes;
  };
  return [
    figure('io.stream.rss-growth-mb', 'MB', await growth('io', TIER_256_FLAGS)),
    figure('p-map.iterable.rss-growth-mb', 'MB', await growth('p-map', TIER_256_FLAGS)),
    figure('io.stream.rss-growth-mb.default-heap', 'MB', await growth('io', [])),
    figure('p-map.iterable.rss-growth-mb.default-heap', 'MB', await growth('p-map', [])),
  ];
}

async function growthOf(stream: 'io' | 'p-map', flags: readonly string[]): Promise<number> {
  const program = fileURLToPath(new URL('./stream-memory.program.ts', import.meta.url));
  const args = ['--conditions=lambda-parallel-source', ...flags, program, stream];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}
