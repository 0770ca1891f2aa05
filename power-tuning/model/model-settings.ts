import { invocationCost } from '../evaluate/prices.ts';
import { type StatisticsOptions, settingResult } from '../evaluate/setting-result.ts';
import type { Setting, SettingResult, SettingSamples } from '../tuning.ts';
import { fitTimeModel, type MeasuredTier, predict } from './time-model.ts';

/**
 * What settings beyond the cores of this machine would take, from those that were measured: see {@link fitTimeModel} for what is assumed.
 * With a concurrency, only settings of the same concurrency tell.
 *
 * Do not trust it where more vCPUs meet something new: fewer items than threads, or one item that takes as long as all the others; memory
 * bandwidth that the threads share; a service that throttles more requests; a network whose bandwidth grows with the memory setting; a heap
 * too small for the work in all settings that were measured. {@link leaveOneOut} says how well it does where there is something to compare.
 *
 * @param measured - As many memory settings as there are, from below one vCPU to the most that this machine has cores for.
 * @returns In the order of `beyond`, without those that nothing tells about: none was measured, or nobody counts CPU time here.
 */
export function modelSettings(
  measured: readonly SettingSamples[],
  beyond: readonly Setting[],
  statistics: StatisticsOptions,
): SettingResult[] {
  return beyond.flatMap((setting) => {
    const tiers = measuredTiers(
      measured.filter(({ concurrency }) => concurrency === setting.concurrency),
      statistics,
    );
    if (tiers.length === 0) return [];
    const { durationMs, cpuMs } = predict(fitTimeModel(tiers), setting.memoryMb);
    const cost = invocationCost(setting.memoryMb, durationMs, statistics);
    return [{ ...setting, isModelled: true, durationMs, cost, count: 0, cpuMs }];
  });
}

/** What a model is made of: the means of settings whose CPU time was counted. */
export function measuredTiers(measured: readonly SettingSamples[], statistics: StatisticsOptions): MeasuredTier[] {
  return measured.flatMap((samples) => {
    const { memoryMb, durationMs, cpuMs } = settingResult(samples, statistics);
    return cpuMs === undefined || cpuMs === 0 || durationMs === 0 ? [] : [{ memoryMb, durationMs, cpuMs }];
  });
}
