import { cheapestWithin } from '../evaluate/recommend.ts';
import type { Setting, SettingResult, Strategy, Tuning } from '../tuning.ts';
import { type Currency, shownCost, shownExcess, shownMemory, shownTime } from './amounts.ts';
import { findSetting } from './setting-axes.ts';

type Recommended = Pick<Tuning, 'settings' | 'recommendations' | 'strategy'>;

/** How a line begins: that of the strategy that was asked for, and the others. What is broken continues below the latter. */
const ASKED_MARK = '→ ';
export const OTHER_MARK = '  ';

/**
 * Which setting is the best by each strategy, and what it gives up.
 *
 * @param withinPercent - Of the settings that take so much longer than the fastest at most, the cheapest is named as well.
 */
export function recommendationLines(
  { settings, recommendations, strategy }: Recommended,
  withinPercent: number,
  currency: Currency,
): string[] {
  const best: Readonly<Record<Strategy, SettingResult>> = {
    cost: resultOf(settings, recommendations.cost),
    speed: resultOf(settings, recommendations.speed),
    balanced: resultOf(settings, recommendations.balanced),
  };
  const line = (name: string, result: SettingResult): string =>
    `${name === strategy ? ASKED_MARK : OTHER_MARK}${name}: ${shownSetting(result)}, ${shownCost(result.cost, currency)} per million, ` +
    `${shownTime(result.durationMs)}; ${comparison(result, best.speed, best.cost)}`;
  return [
    line('cost', best.cost),
    line('speed', best.speed),
    line('balanced', best.balanced),
    line(`cheapest within ${withinPercent} % of the fastest`, cheapestWithin(settings, withinPercent)),
  ];
}

function shownSetting({ memoryMb, concurrency, isModelled }: Setting & Pick<SettingResult, 'isModelled'>): string {
  return `${shownMemory(memoryMb, isModelled)}${concurrency === undefined ? '' : ` and concurrency ${concurrency}`}`;
}

/** Being the fastest and the cheapest goes without saying where a line says so by its name. */
function comparison(result: SettingResult, fastest: SettingResult, cheapest: SettingResult): string {
  const slower = shownExcess(result.durationMs, fastest.durationMs);
  const dearer = shownExcess(result.cost, cheapest.cost);
  if (slower === undefined && dearer === undefined) return 'the fastest and the cheapest';
  const time = slower === undefined ? [] : [`${slower} slower than the fastest`];
  const cost = dearer === undefined ? [] : [`${dearer} dearer than the cheapest`];
  return [...time, ...cost].join(', ');
}

/** @throws {RangeError} If it is not among them, as in a file that was changed by hand. */
function resultOf(settings: readonly SettingResult[], wanted: Setting): SettingResult {
  const found = findSetting(settings, wanted);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot explain a recommendation as its setting must be among the settings: ${JSON.stringify(wanted)}`);
}
