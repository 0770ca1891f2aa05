import type { SettingResult, Tuning } from '../../../power-tuning/tuning.ts';

export function result(memoryMb: number, durationMs: number, others: Partial<SettingResult> = {}): SettingResult {
  // As on AWS: what it takes in GB-seconds.
  const cost = (memoryMb / 1024) * (durationMs / 1000) * 0.0000133334;
  return { memoryMb, durationMs, cost, isModelled: false, count: 10, percentilesMs: percentiles(durationMs), ...others };
}

export function modelled(memoryMb: number, durationMs: number, others: Partial<SettingResult> = {}): SettingResult {
  return result(memoryMb, durationMs, { isModelled: true, count: 0, percentilesMs: undefined, ...others });
}

function percentiles(ms: number): SettingResult['percentilesMs'] {
  return { p50: ms, p95: ms * 1.1, p99: ms * 1.2 };
}

const SETTINGS = [result(128, 14_000), result(512, 3400), result(1769, 990), modelled(10_240, 180)];

export function tuning(others: Partial<Tuning> = {}): Tuning {
  return {
    name: 'monte-carlo',
    functionName: 'lambda-parallel-monte-carlo',
    place: 'local',
    region: 'us-east-1',
    architecture: 'arm64',
    runtime: 'nodejs24.x',
    version: '0.1.0',
    startedAt: '2026-11-27T09:30:00.123Z',
    strategy: 'balanced',
    balancedWeight: 0.5,
    settings: SETTINGS,
    recommendations: { cost: { memoryMb: 512 }, speed: { memoryMb: 10_240 }, balanced: { memoryMb: 1769 } },
    output: {
      power: 1769,
      cost: 0.00002,
      duration: 990,
      stateMachine: { executionCost: 0, lambdaCost: 0, visualization: 'https://lambda-power-tuning.show/#a;b;c' },
    },
    ...others,
  };
}
