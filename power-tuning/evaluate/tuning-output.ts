import type { PowerTuningOutput, SettingResult } from '../tuning.ts';
import { encodeVisualization } from '../visualization/visualization-url.ts';
import { currencyOf, stateTransitionCost } from './prices.ts';

/** Where the original tool draws its results. Nothing is sent there: the figures are behind the `#`. */
const VISUALIZATION_BASE = 'https://lambda-power-tuning.show/';

export interface OutputOptions {
  readonly region: string;
  /** Invocations of each setting. */
  readonly num: number;
  readonly onlyColdStarts: boolean;
  readonly includeOutputResults: boolean;
  /** Of all invocations together. */
  readonly lambdaCost: number;
}

/**
 * What the state machine would answer. It knows memory alone: of two axes, it is the row of the best setting's concurrency.
 *
 * @param settings - Those with a duration, in the order of the input.
 */
export function tuningOutput(settings: readonly SettingResult[], best: SettingResult, options: OutputOptions): PowerTuningOutput {
  const row = settings.filter(({ concurrency }) => concurrency === best.concurrency);
  const rowCount = new Set(settings.map(({ concurrency }) => concurrency)).size;
  const stats = row.map(({ memoryMb, cost, durationMs }) => ({
    value: memoryMb,
    averagePrice: cost,
    averageDuration: durationMs,
  }));
  return {
    power: best.memoryMb,
    cost: best.cost,
    duration: best.durationMs,
    stateMachine: {
      executionCost: rowCount * executionCost(row.length, options),
      lambdaCost: options.lambdaCost,
      visualization: visualizationOf(row, options.region),
    },
    ...(options.includeOutputResults ? { stats } : {}),
  };
}

/** What the state machine would cost for one axis: it counts its own transitions like this, and rounds to five digits. */
function executionCost(memoryCount: number, { region, num, onlyColdStarts }: OutputOptions): number {
  const transitions = onlyColdStarts ? 6 + memoryCount + 2 * memoryCount * num : 6 + 3 * memoryCount;
  return Number((stateTransitionCost(region) * transitions).toFixed(5));
}

function visualizationOf(row: readonly SettingResult[], region: string): string {
  const bySize = row.toSorted((a, b) => a.memoryMb - b.memoryMb);
  return encodeVisualization(
    {
      sizes: bySize.map(({ memoryMb }) => memoryMb),
      times: bySize.map(({ durationMs }) => durationMs),
      costs: bySize.map(({ cost }) => cost),
    },
    currencyOf(region) === 'CNY' ? `${VISUALIZATION_BASE}?currency=CNY` : VISUALIZATION_BASE,
  );
}
