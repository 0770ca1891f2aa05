import type { Tuning } from '../tuning.ts';
import type { Currency } from './amounts.ts';
import { OTHER_MARK, recommendationLines } from './recommendation-lines.ts';
import { settingsReport } from './settings-report.ts';
import { wrapped } from './wrapped.ts';

export interface ReportOptions {
  readonly withinPercent: number;
  /** Of the terminal. */
  readonly columns: number;
  readonly currency: Currency;
}

/** What a tuning came to, for people. */
export function tuningReport(tuning: Tuning, { withinPercent, columns, currency }: ReportOptions): string {
  const { name, place, region, architecture, runtime, settings, unlimitedReason, stoppedReason, output } = tuning;
  const counts = settings.flatMap(({ count, isModelled }) => (isModelled ? [] : [count]));
  const invocations = `${Math.max(0, ...counts)} invocations of each setting`;
  const advice =
    unlimitedReason === undefined
      ? recommendationLines(tuning, withinPercent, currency)
      : [`Nothing can be recommended: CPU and memory were not those of the settings. ${unlimitedReason}`];
  const lines = (texts: readonly string[]): string =>
    texts.map((text) => wrapped(text, columns, OTHER_MARK.repeat(2))).join('\n');
  return [
    lines([[name, place, region, architecture, runtime, invocations].join(' · ')]),
    settingsReport(settings, currency, columns),
    ...(stoppedReason === undefined ? [] : [lines([`Not all settings were measured: ${stoppedReason}`])]),
    lines(advice),
    output.stateMachine.visualization,
  ].join('\n\n');
}
