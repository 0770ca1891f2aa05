import { formatTable } from '../../local/figures/table.ts';
import type { SettingResult } from '../tuning.ts';
import { MODELLED_MARK, shownMemory } from './amounts.ts';
import { axesOf, findSetting } from './setting-axes.ts';

/** From the smallest value to the largest. */
const SHADES = [' ', '░', '▒', '▓', '█'];
/** Of a table, beside the text of a cell. */
const CELL_PADDING = 3;

/**
 * One value of the settings of two axes: a row for each memory setting, a column for each concurrency, the darker the more. Shades and not
 * colours: they are there in a pipe as well, and for everybody's eyes.
 *
 * @param columns - What a line may take: what does not fit is in further tables.
 */
export function heatMap(
  title: string,
  settings: readonly SettingResult[],
  amountOf: (setting: SettingResult) => number,
  shown: (value: number) => string,
  columns: number,
): string {
  const { memoriesMb, concurrencies } = axesOf(settings);
  const values = settings.map(amountOf);
  const smallest = Math.min(...values);
  const largest = Math.max(...values);
  const shadeOf = (value: number): string => {
    const share = largest > smallest && smallest > 0 ? Math.log(value / smallest) / Math.log(largest / smallest) : 0;
    return SHADES[Math.round(share * (SHADES.length - 1))] ?? ' ';
  };
  const cell = (memoryMb: number, concurrency: number | undefined): string => {
    const setting = findSetting(settings, { memoryMb, concurrency });
    if (setting === undefined) return '–';
    const value = amountOf(setting);
    return `${setting.isModelled ? MODELLED_MARK : ''}${shown(value)} ${shadeOf(value).repeat(2)}`;
  };
  const heads = concurrencies.map((concurrency, index) => `${index === 0 ? 'concurrency ' : ''}${concurrency ?? '–'}`);
  const rows = memoriesMb.map((memoryMb) => concurrencies.map((concurrency) => cell(memoryMb, concurrency)));
  const labels = memoriesMb.map((memoryMb) => shownMemory(memoryMb, false));
  const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length)) + CELL_PADDING;
  const fitting = Math.floor((columns - 1 - widest([title, ...labels])) / widest([...heads, ...rows.flat()]));
  const atOnce = Math.max(1, fitting);
  const tables: string[] = [];
  for (let first = 0; first < heads.length; first += atOnce) {
    const part = <Item>(items: readonly Item[]): Item[] => items.slice(first, first + atOnce);
    tables.push(
      formatTable(
        [title, ...part(heads)],
        rows.map((row, index) => [labels[index] ?? '', ...part(row)]),
      ),
    );
  }
  return tables.join('\n');
}
