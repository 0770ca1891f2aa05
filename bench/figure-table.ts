import type { Figure } from '../local/figures/figures.ts';
import { formatTable } from '../local/figures/table.ts';

/** What a benchmark prints for people: a line per figure. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, runs, spread }) => [
    name,
    `${value}`,
    unit,
    `${runs}`,
    `${spread[0]} – ${spread[1]}`,
  ]);
  return formatTable(['figure', 'median', 'unit', 'runs', 'spread'], rows);
}
