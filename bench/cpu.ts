import { parseArgs } from 'node:util';
import { type Figure, figuresJson } from '../local/figures/figures.ts';
import { createProgress, type Progress } from '../local/figures/progress.ts';
import { imageResizeFigures } from './cpu/image-resize.ts';
import { mapRateFigures } from './cpu/map-rates.ts';
import { runOverheadFigures } from './cpu/run-overhead.ts';
import { threadSpeedupFigures } from './cpu/thread-speedups.ts';
import { figureTable } from './figure-table.ts';

const AREAS: Readonly<Record<string, (progress: Progress) => Promise<Figure[]>>> = {
  map: mapRateFigures,
  run: runOverheadFigures,
  threads: threadSpeedupFigures,
  'image-resize': imageResizeFigures,
};
const areaNames = Object.keys(AREAS).join(', ');

const USAGE = `Usage: npm run bench:cpu -- [--json] [--only <area>]

Measures the CPU engine beside its peers, in one run of three to four minutes.

Options:
  --json         print the figures as JSON on stdout, and nothing else: npm run --silent bench:cpu -- --json
  --only <area>  one of ${areaNames}
  --help         print this`;

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
});
if (options.help) {
  console.log(USAGE);
} else {
  const figures = await measure(options.only);
  console.log(options.json ? figuresJson(figures) : figureTable(figures));
}

async function measure(only: string | undefined): Promise<Figure[]> {
  const areas = only === undefined ? Object.values(AREAS) : [AREAS[only]];
  const progress = createProgress();
  const figures: Figure[] = [];
  for (const area of areas) {
    if (area === undefined) throw new RangeError(`Cannot measure only "${only}": it must be one of ${areaNames}`);
    figures.push(...(await area(progress)));
  }
  return figures;
}
