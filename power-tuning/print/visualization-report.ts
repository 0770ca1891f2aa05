import { recommend } from '../evaluate/recommend.ts';
import type { SettingResult, Strategy } from '../tuning.ts';
import { decodeVisualization } from '../visualization/visualization-url.ts';
import { OTHER_MARK, recommendationLines } from './recommendation-lines.ts';
import { settingsReport } from './settings-report.ts';
import type { ReportOptions } from './tuning-report.ts';
import { wrapped } from './wrapped.ts';

/** The original tool's, which a URL does not say. */
const BALANCED_WEIGHT = 0.5;

/** What a visualization URL draws, of this tool or of the original one. @throws {VisualizationUrlError} If it is none. */
export function visualizationReport(url: string, { withinPercent, columns }: Omit<ReportOptions, 'currency'>): string {
  const { sizes, times, costs, currency } = decodeVisualization(url);
  const settings = sizes.map(
    (memoryMb, index): SettingResult => ({
      memoryMb,
      isModelled: false,
      durationMs: times[index] ?? Number.NaN,
      cost: costs[index] ?? Number.NaN,
      count: 0,
    }),
  );
  const best = (strategy: Strategy): SettingResult => recommend(settings, strategy, BALANCED_WEIGHT);
  const recommendations = { cost: best('cost'), speed: best('speed'), balanced: best('balanced') };
  const lines = recommendationLines({ settings, recommendations, strategy: 'cost' }, withinPercent, currency);
  return [
    settingsReport(settings, currency, columns),
    lines.map((line) => wrapped(line, columns, OTHER_MARK.repeat(2))).join('\n'),
  ].join('\n\n');
}
