import { vcpuShare } from 'lambda-parallel';
import { formatTable } from '../../local/figures/table.ts';
import type { SettingResult } from '../tuning.ts';
import { type Currency, shownCost, shownMemory, shownTime } from './amounts.ts';

/** The settings of one axis, from small to large: what each buys, takes and costs. It fits 80 columns. */
export function settingsTable(settings: readonly SettingResult[], currency: Currency): string {
  const rows = settings.toSorted((a, b) => a.memoryMb - b.memoryMb);
  const smallestMs = rows[0]?.durationMs ?? Number.NaN;
  const hasPercentiles = rows.some(({ percentilesMs }) => percentilesMs !== undefined);
  const head = ['memory', 'vCPU', 'time', ...(hasPercentiles ? ['p95'] : []), 'cost per million', 'speed-up'];
  return formatTable(
    head,
    rows.map(({ memoryMb, isModelled, durationMs, percentilesMs, cost }) => {
      const p95 = percentilesMs === undefined ? '–' : shownTime(percentilesMs.p95);
      return [
        shownMemory(memoryMb, isModelled),
        vcpuShare(memoryMb).toFixed(2),
        shownTime(durationMs),
        ...(hasPercentiles ? [p95] : []),
        shownCost(cost, currency),
        `${(smallestMs / durationMs).toFixed(1)}x`,
      ];
    }),
  );
}
