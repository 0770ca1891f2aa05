import { expect, test } from 'vitest';
import { modelSettings } from '../../../power-tuning/model/model-settings.ts';
import type { SettingSamples } from '../../../power-tuning/tuning.ts';

const STATISTICS = { architecture: 'arm64', region: 'us-east-1', discardTopBottom: 0.2 } as const;

/** Five samples of a function that computes on all that it has, one of them an outlier. */
function computes(memoryMb: number, cpuMs: number | undefined, concurrency?: number): SettingSamples {
  const durationMs = (400 * 1769) / memoryMb;
  const sample = { durationMs, billedMs: Math.ceil(durationMs), cpuMs };
  const outlier = { durationMs: 60_000, billedMs: 60_000, cpuMs: 50_000 };
  return { memoryMb, ...(concurrency !== undefined && { concurrency }), samples: [outlier, sample, sample, sample, sample] };
}

test('a setting that is modelled says so, costs what it would be billed, and was never invoked', () => {
  const [modelled, ...others] = modelSettings(
    [512, 1769, 3008, 3538].map((memoryMb) => computes(memoryMb, 400)),
    [{ memoryMb: 7076 }],
    STATISTICS,
  );
  expect(others).toEqual([]);
  expect(modelled).toMatchObject({ memoryMb: 7076, isModelled: true, count: 0 });
  expect(modelled?.percentilesMs).toBeUndefined();
  expect(modelled?.durationMs).toBeCloseTo(100, 0);
  expect(modelled?.cost).toBeCloseTo((Math.ceil(modelled?.durationMs ?? 0) / 1000) * (7076 / 1024) * 0.0000133334, 12);
});

test('a concurrency is modelled from the settings of the same concurrency', () => {
  const measured = [512, 1769, 3538].flatMap((memoryMb) => [computes(memoryMb, 400, 8), computes(memoryMb, 400, 32)]);
  const slower = measured.map((setting) =>
    setting.concurrency === 8
      ? { ...setting, samples: setting.samples.map((sample) => ({ ...sample, durationMs: sample.durationMs + 1000 })) }
      : setting,
  );
  const [few, many] = modelSettings(
    slower,
    [8, 32].map((concurrency) => ({ memoryMb: 7076, concurrency })),
    STATISTICS,
  );
  expect(few).toMatchObject({ concurrency: 8 });
  expect(few?.durationMs).toBeGreaterThan(1000);
  expect(many).toMatchObject({ concurrency: 32 });
  expect(many?.durationMs).toBeCloseTo(100, 0);
});

test('what nothing tells about is left out', () => {
  const beyond = [{ memoryMb: 7076 }];
  expect(modelSettings([], beyond, STATISTICS)).toEqual([]);
  expect(modelSettings([computes(1769, 400, 8)], beyond, STATISTICS)).toEqual([]);
  expect(modelSettings([computes(1769, undefined)], beyond, STATISTICS)).toEqual([]);
});
