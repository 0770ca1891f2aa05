import type { Sample, SettingResult, SettingSamples } from '../tuning.ts';
import { percentile } from './percentile.ts';
import { invocationCost, type PriceKey } from './prices.ts';
import { mean, trimmedMean, trimmedRange } from './trimmed-mean.ts';

export interface StatisticsOptions extends PriceKey {
  /** Share of the invocations that is left out at either end, from 0 to 0.4. */
  readonly discardTopBottom: number;
  /** Then none is left out: each was as cold as the others. */
  readonly onlyColdStarts?: boolean | undefined;
}

/** What a setting came to: the init phase of a cold start counts, as it does for whoever waits and on the bill. */
export function settingResult({ samples, ...setting }: SettingSamples, options: StatisticsOptions): SettingResult {
  const share = options.onlyColdStarts ? 0 : options.discardTopBottom;
  const durations = samples.map(totalMs);
  const billed = samples.map(({ billedMs }) => billedMs);
  return {
    ...setting,
    isModelled: false,
    durationMs: trimmedMean(durations, share),
    cost: invocationCost(setting.memoryMb, trimmedMean(billed, share), options),
    percentilesMs: samples.length === 0 ? undefined : percentilesOf(durations),
    count: samples.length,
    cpuMs: cpuOf(samples, share),
  };
}

/** All that the samples cost, those that no mean is made of as well. */
export function totalCost({ memoryMb, samples }: SettingSamples, price: PriceKey): number {
  return samples.reduce((sum, { billedMs }) => sum + invocationCost(memoryMb, billedMs, price), 0);
}

/** Percentiles are there for the slow ones, so none is left out. */
function percentilesOf(durations: readonly number[]): NonNullable<SettingResult['percentilesMs']> {
  return { p50: percentile(durations, 50), p95: percentile(durations, 95), p99: percentile(durations, 99) };
}

/** Of the invocations of which the mean duration is made, so that the two can be compared. */
function cpuOf(samples: readonly Sample[], share: number): number | undefined {
  const middle = samples.toSorted((a, b) => totalMs(a) - totalMs(b)).slice(...trimmedRange(samples.length, share));
  const cpu = middle.flatMap(({ cpuMs }) => cpuMs ?? []);
  return cpu.length > 0 && cpu.length === middle.length ? mean(cpu) : undefined;
}

function totalMs({ durationMs, initMs = 0 }: Sample): number {
  return durationMs + initMs;
}
