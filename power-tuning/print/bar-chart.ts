import type { SettingResult } from '../tuning.ts';
import { type Currency, shownCost, shownMemory, shownTime } from './amounts.ts';

const MEASURED_BAR = '█';
export const MODELLED_BAR = '░';
const GAP = '  ';

interface Panel {
  readonly title: string;
  readonly values: readonly number[];
  readonly texts: readonly string[];
}

/**
 * Time and cost of the settings of one axis, side by side: where one bar is no longer shorter and the other grows, more memory is wasted.
 *
 * @param columns - What the chart may take of a line, 60 or more.
 */
export function barChart(settings: readonly SettingResult[], currency: Currency, columns: number): string {
  const rows = settings.toSorted((a, b) => a.memoryMb - b.memoryMb);
  const labels = rows.map(({ memoryMb, isModelled }) => shownMemory(memoryMb, isModelled));
  const panels: Panel[] = [
    {
      title: 'time',
      values: rows.map(({ durationMs }) => durationMs),
      texts: rows.map(({ durationMs }) => shownTime(durationMs)),
    },
    { title: 'cost per million', values: rows.map(({ cost }) => cost), texts: rows.map(({ cost }) => shownCost(cost, currency)) },
  ];
  const labelWidth = widest(labels);
  const textWidths = panels.map(({ texts }) => widest(texts));
  const fixedWidth = labelWidth + textWidths.reduce((sum, width) => sum + width + GAP.length + 1, 0);
  const barWidth = Math.max(4, Math.floor((columns - fixedWidth) / panels.length));

  const line = (label: string, cells: readonly string[]): string => [label.padStart(labelWidth), ...cells].join(GAP).trimEnd();
  const cellWidths = textWidths.map((width) => barWidth + 1 + width);
  const head = line(
    '',
    panels.map(({ title }, index) => title.padEnd(cellWidths[index] ?? 0)),
  );
  const body = rows.map(({ isModelled }, row) => {
    const cells = panels.map(({ values, texts }, index) => {
      const share = (values[row] ?? 0) / Math.max(...values, Number.MIN_VALUE);
      const bar = (isModelled ? MODELLED_BAR : MEASURED_BAR).repeat(Math.max(1, Math.round(share * barWidth)));
      return `${bar} ${texts[row]}`.padEnd(cellWidths[index] ?? 0);
    });
    return line(labels[row] ?? '', cells);
  });
  return [head, ...body].join('\n');
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
