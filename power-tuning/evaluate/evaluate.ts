import type { PowerTuningOutput, Setting, SettingResult, SettingSamples, Strategy } from '../tuning.ts';
import { comparable, recommend } from './recommend.ts';
import { type StatisticsOptions, settingResult, totalCost } from './setting-result.ts';
import { tuningOutput } from './tuning-output.ts';

export interface EvaluateOptions extends StatisticsOptions {
  readonly strategy: Strategy;
  /** For `balanced`: how much of the decision is the cost, from 0 to 1. */
  readonly balancedWeight: number;
  /** Invocations of each setting that were asked for. @defaultValue the most that a setting has */
  readonly num?: number | undefined;
  /** Whether `output` has `stats`. */
  readonly includeOutputResults?: boolean | undefined;
}

export interface Evaluation {
  readonly settings: readonly SettingResult[];
  /** The best setting by each strategy. */
  readonly recommendations: Readonly<Record<Strategy, Setting>>;
  readonly output: PowerTuningOutput;
}

/**
 * Makes of what was measured what the state machine would make of it, and of what was modelled the same: both are ranked together.
 *
 * @param settings - Samples, or results that were modelled; in the order of the input, as the first of equals is recommended.
 * @throws {RangeError} If no setting has a duration.
 */
export function evaluate(settings: readonly (SettingSamples | SettingResult)[], options: EvaluateOptions): Evaluation {
  const measured = settings.filter((setting) => 'samples' in setting);
  const results = settings.map((setting) => ('samples' in setting ? settingResult(setting, options) : setting));
  const best = (strategy: Strategy) => recommend(results, strategy, options.balancedWeight);
  return {
    settings: results,
    recommendations: {
      cost: settingOf(best('cost')),
      speed: settingOf(best('speed')),
      balanced: settingOf(best('balanced')),
    },
    output: tuningOutput(comparable(results), best(options.strategy), {
      region: options.region,
      num: options.num ?? Math.max(0, ...results.map(({ count }) => count)),
      onlyColdStarts: options.onlyColdStarts ?? false,
      includeOutputResults: options.includeOutputResults ?? false,
      lambdaCost: measured.reduce((sum, setting) => sum + totalCost(setting, options), 0),
    }),
  };
}

function settingOf({ memoryMb, concurrency }: SettingResult): Setting {
  return concurrency === undefined ? { memoryMb } : { memoryMb, concurrency };
}
