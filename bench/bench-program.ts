import { parseArgs } from 'node:util';
import { type Figure, figuresJson } from '../local/figures/figures.ts';
import { createProgress, type Progress } from '../local/figures/progress.ts';
import { figureTable } from './figure-table.ts';

export interface Bench {
  /** As in `npm run bench:cpu`. */
  readonly command: string;
  /** One sentence, for `--help`. */
  readonly description: string;
  /** By the names that `--only` takes. */
  readonly areas: Readonly<Record<string, (progress: Progress) => Promise<Figure[]>>>;
}

/** The command line of a benchmark: a table for people, or one JSON object. */
export async function runBench({ command, description, areas }: Bench): Promise<void> {
  const areaNames = Object.keys(areas).join(', ');
  const { values: options } = parseArgs({
    options: { json: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (options.help) {
    console.log(`Usage: npm run ${command} -- [--json] [--only <area>]

${description}

Options:
  --json         print the figures as JSON on stdout, and nothing else: npm run --silent ${command} -- --json
  --only <area>  one of ${areaNames}
  --help         print this`);
    return;
  }
  const { only } = options;
  const wanted = only === undefined ? Object.values(areas) : [areas[only]];
  const progress = createProgress();
  const figures: Figure[] = [];
  for (const area of wanted) {
    if (area === undefined) throw new RangeError(`Cannot measure only "${only}": it must be one of ${areaNames}`);
    figures.push(...(await area(progress)));
  }
  console.log(options.json ? figuresJson(figures) : figureTable(figures));
}
