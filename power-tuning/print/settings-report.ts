import type { SettingResult } from '../tuning.ts';
import { type Currency, MODELLED_MARK, shownCost, shownTime } from './amounts.ts';
import { barChart, MODELLED_BAR } from './bar-chart.ts';
import { heatMap } from './heat-map.ts';
import { hasTwoAxes } from './setting-axes.ts';
import { settingsTable } from './settings-table.ts';

/** All settings as people see them best: a table and a chart, or two heat maps; and what its signs mean. */
export function settingsReport(settings: readonly SettingResult[], currency: Currency, columns: number): string {
  const pictures = hasTwoAxes(settings)
    ? [
        heatMap('time', settings, ({ durationMs }) => durationMs, shownTime, columns),
        heatMap(
          'cost/million',
          settings,
          ({ cost }) => cost,
          (cost) => shownCost(cost, currency),
          columns,
        ),
        'The darker, the more.',
      ]
    : [settingsTable(settings, currency), barChart(settings, currency, columns)];
  if (settings.every(({ isModelled }) => !isModelled)) return pictures.join('\n\n');
  const signs = hasTwoAxes(settings) ? MODELLED_MARK : `${MODELLED_MARK} and ${MODELLED_BAR}`;
  return [...pictures, `${signs}: modelled, not measured, as this machine has too few cores.`].join('\n\n');
}
