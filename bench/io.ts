import { parseArgs } from 'node:util';
import { type Figure, figuresJson } from '../local/figures/figures.ts';
import { createProgress } from '../local/figures/progress.ts';
import { figureTable } from './figure-table.ts';
import { ec2CallFigures } from './io/ec2-calls.ts';
import { jobSpeedupFigures } from './io/job-speedups.ts';
import { mapOverheadFigures } from './io/map-overhead.ts';
import { streamMemoryFigures } from './io/stream-memory.ts';

const USAGE = `Usage: npm run bench:io -- [--json]

Measures the I/O engine beside its peers, in one run.

Options:
  --json  print the figures as JSON on stdout, and nothing else: npm run --silent bench:io -- --json
  --help  print this`;

const { values: options } = parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
if (options.help) {
  console.log(USAGE);
} else {
  const figures = await measure();
  console.log(options.json ? figuresJson(figures) : figureTable(figures));
}

async function measure(): Promise<Figure[]> {
  const memory = await streamMemoryFigures();
  const overhead = await mapOverheadFigures();
  const calls = await ec2CallFigures();
  const speedups = await jobSpeedupFigures(createProgress());
  return [...overhead, ...memory, ...calls, ...speedups];
}
