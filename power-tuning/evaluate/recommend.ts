import type { SettingResult, Strategy } from '../tuning.ts';

/**
 * The best setting by one strategy. Where two are equally cheap, the faster; equally fast, the cheaper; otherwise the first.
 *
 * @param balancedWeight - For `balanced`: how much of the decision is the cost, from 0 to 1.
 * @throws {RangeError} If no setting has a duration.
 */
export function recommend(settings: readonly SettingResult[], strategy: Strategy, balancedWeight: number): SettingResult {
  const candidates = comparable(settings);
  const [best] = candidates.toSorted(orders[strategy](candidates, balancedWeight));
  if (best === undefined) {
    throw new RangeError(`Cannot recommend a memory setting: none of ${settings.length} has a duration; measure at least one`);
  }
  return best;
}

/**
 * The cheapest of the settings that take at most `percent` longer than the fastest: what to choose where time matters, but not its last bit.
 *
 * @param percent - From 0; with 0, the fastest alone.
 * @throws {RangeError} If no setting has a duration, or `percent` is negative.
 */
export function cheapestWithin(settings: readonly SettingResult[], percent: number): SettingResult {
  if (!(percent >= 0)) throw new RangeError(`Cannot compare with the fastest as percent must be a number >= 0: ${percent}`);
  const { durationMs: fastestMs } = recommend(settings, 'speed', 0);
  const closeMs = fastestMs * (1 + percent / 100);
  return recommend(
    settings.filter(({ durationMs }) => durationMs <= closeMs),
    'cost',
    1,
  );
}

/** A setting that never ran has a duration of 0, which would win. */
export function comparable(settings: readonly SettingResult[]): SettingResult[] {
  return settings.filter(({ durationMs }) => durationMs > 0);
}

type Order = (a: SettingResult, b: SettingResult) => number;

const byCost: Order = (a, b) => a.cost - b.cost || a.durationMs - b.durationMs;
const bySpeed: Order = (a, b) => a.durationMs - b.durationMs || a.cost - b.cost;

const orders: Readonly<Record<Strategy, (settings: readonly SettingResult[], weight: number) => Order>> = {
  cost: () => byCost,
  speed: () => bySpeed,
  balanced: (settings, weight) => {
    const maxCost = Math.max(...settings.map(({ cost }) => cost));
    const maxMs = Math.max(...settings.map(({ durationMs }) => durationMs));
    const value = ({ cost, durationMs }: SettingResult): number =>
      (weight * cost) / maxCost + ((1 - weight) * durationMs) / maxMs;
    return (a, b) => value(a) - value(b);
  },
};
