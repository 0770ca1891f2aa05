import type { Setting } from '../tuning.ts';

/** The values that were tried, each once, from small to large. Of one axis there is no concurrency, or the same everywhere. */
export interface SettingAxes {
  readonly memoriesMb: readonly number[];
  readonly concurrencies: readonly (number | undefined)[];
}

export function axesOf(settings: readonly Setting[]): SettingAxes {
  const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)].sort((a, b) => Number(a) - Number(b));
  return {
    memoriesMb: distinct(settings.map(({ memoryMb }) => memoryMb)),
    concurrencies: distinct(settings.map(({ concurrency }) => concurrency)),
  };
}

export function hasTwoAxes(settings: readonly Setting[]): boolean {
  return axesOf(settings).concurrencies.length > 1;
}

export function findSetting<Found extends Setting>(settings: readonly Found[], wanted: Setting): Found | undefined {
  return settings.find(({ memoryMb, concurrency }) => memoryMb === wanted.memoryMb && concurrency === wanted.concurrency);
}
