import { expect, test } from 'vitest';
import { evaluate } from '../../../power-tuning/evaluate/evaluate.ts';
import type { Sample, SettingResult, SettingSamples } from '../../../power-tuning/tuning.ts';
import { decodeVisualization } from '../../../power-tuning/visualization/visualization-url.ts';

const options = {
  architecture: 'x86_64',
  region: 'us-east-1',
  discardTopBottom: 0.2,
  strategy: 'cost',
  balancedWeight: 0.5,
} as const;

const samplesOf = (durations: readonly number[]): readonly Sample[] =>
  durations.map((durationMs) => ({ durationMs, billedMs: Math.ceil(durationMs) }));
const measured = (memoryMb: number, durations: readonly number[], concurrency?: number): SettingSamples => ({
  memoryMb,
  concurrency,
  samples: samplesOf(durations),
});
const modelled = (memoryMb: number, durationMs: number, cost: number): SettingResult => ({
  memoryMb,
  isModelled: true,
  durationMs,
  cost,
  count: 0,
});

const GB_MS = 0.0000166667 / 1000;

test('a setting is the mean of its middle, the price of its billed time, and percentiles of all', () => {
  const [result] = evaluate([measured(2048, [900, 10.2, 11.2, 12.2, 1])], options).settings;
  expect(result).toEqual({
    memoryMb: 2048,
    isModelled: false,
    durationMs: expect.closeTo(11.2, 9),
    // 11, 12 and 13 ms are billed for the middle three.
    cost: expect.closeTo(12 * 2 * GB_MS, 15),
    percentilesMs: { p50: 11.2, p95: 900, p99: 900 },
    count: 5,
  });
});

test('a mean of billed times is rounded up to a whole millisecond', () => {
  const [result] = evaluate([measured(1024, [10, 10, 10, 11])], { ...options, discardTopBottom: 0 }).settings;
  expect(result?.durationMs).toBe(10.25);
  expect(result?.cost).toBeCloseTo(11 * GB_MS, 15);
});

test('the init phase of a cold start counts, and with cold starts only nothing is left out', () => {
  const samples = [1, 2, 3, 4, 10].map((n) => ({ durationMs: n, billedMs: n + 100 * n, initMs: 100 * n }));
  const [cold] = evaluate([{ memoryMb: 1024, samples }], { ...options, onlyColdStarts: true, discardTopBottom: 0.4 }).settings;
  expect(cold).toMatchObject({ durationMs: 404, percentilesMs: { p50: 303, p95: 1010, p99: 1010 } });
  expect(cold?.cost).toBeCloseTo(404 * GB_MS, 15);
});

test('the CPU time is of the invocations of which the mean is made, and absent where one of them has none', () => {
  const cpuOf = (cpu: readonly (number | undefined)[]) => {
    const samples = [5, 1, 2, 3, 400].map((durationMs, index) => ({ durationMs, billedMs: durationMs, cpuMs: cpu[index] }));
    return evaluate([{ memoryMb: 1024, samples }], options).settings[0]?.cpuMs;
  };
  expect(cpuOf([3, 90, 1, 2, 90])).toBe(2);
  expect(cpuOf([3, undefined, 1, 2, undefined])).toBe(2);
  expect(cpuOf([3, 90, undefined, 2, 90])).toBeUndefined();
});

test('measured and modelled settings are ranked together, and stay what they are', () => {
  const { settings, recommendations, output } = evaluate(
    [measured(128, [100]), measured(1024, [20]), modelled(3538, 10, 1e-6), modelled(128 * 3, 50, 1e-9)],
    { ...options, strategy: 'speed' },
  );
  expect(settings.map(({ isModelled }) => isModelled)).toEqual([false, false, true, true]);
  expect(recommendations).toEqual({ cost: { memoryMb: 384 }, speed: { memoryMb: 3538 }, balanced: { memoryMb: 384 } });
  expect(output).toMatchObject({ power: 3538, duration: 10, cost: 1e-6 });
});

test('the output is what the state machine answers', () => {
  const settings = [measured(512, [40, 40, 40, 40, 60]), measured(128, [100, 100, 100, 100, 300])];
  const { output } = evaluate(settings, { ...options, includeOutputResults: true });
  const cost = 100 * (128 / 1024) * GB_MS;
  expect(output).toEqual({
    power: 128,
    cost: expect.closeTo(cost, 15),
    duration: 100,
    stateMachine: {
      // 6 + 2 * 3 transitions.
      executionCost: 0.0003,
      lambdaCost: expect.closeTo((220 * (512 / 1024) + 700 * (128 / 1024)) * GB_MS, 15),
      visualization: expect.stringMatching(/^https:\/\/lambda-power-tuning\.show\/#gAAAAg==;/),
    },
    stats: [
      { value: 512, averagePrice: expect.closeTo(40 * (512 / 1024) * GB_MS, 15), averageDuration: 40 },
      { value: 128, averagePrice: expect.closeTo(cost, 15), averageDuration: 100 },
    ],
  });
  expect(decodeVisualization(output.stateMachine.visualization)).toMatchObject({ sizes: [128, 512], times: [100, 40] });
  expect(evaluate(settings, options).output).not.toHaveProperty('stats');
});

test('with cold starts only, the state machine publishes a version for each invocation', () => {
  const settings = [measured(128, [1, 1, 1, 1, 1]), measured(512, [1, 1, 1, 1, 1])];
  // 6 + 2 + 2 * 2 * 5 transitions.
  expect(evaluate(settings, { ...options, onlyColdStarts: true }).output.stateMachine.executionCost).toBe(0.0007);
  expect(evaluate(settings, { ...options, onlyColdStarts: true, num: 10 }).output.stateMachine.executionCost).toBe(0.0012);
});

test('of two axes, the output is the row of the best concurrency; what all cost is in it', () => {
  const settings = [measured(128, [100], 1), measured(512, [30], 1), measured(128, [40], 8), measured(512, [20], 8)];
  const { recommendations, output } = evaluate(settings, { ...options, includeOutputResults: true });
  expect(recommendations).toEqual({
    cost: { memoryMb: 128, concurrency: 8 },
    speed: { memoryMb: 512, concurrency: 8 },
    balanced: { memoryMb: 128, concurrency: 8 },
  });
  expect(output.stats?.map(({ value, averageDuration }) => [value, averageDuration])).toEqual([
    [128, 40],
    [512, 20],
  ]);
  expect(decodeVisualization(output.stateMachine.visualization).times).toEqual([40, 20]);
  expect(output.stateMachine.executionCost).toBe(0.0006);
  expect(output.stateMachine.lambdaCost).toBeCloseTo((140 / 8 + 50 / 2) * GB_MS, 15);
});

test('in China, costs are in CNY, and the URL says so', () => {
  const { output } = evaluate([measured(1024, [10])], { ...options, region: 'cn-north-1' });
  expect(output.cost).toBeCloseTo(10 * 0.0000001136, 12);
  expect(decodeVisualization(output.stateMachine.visualization).currency).toBe('CNY');
});

test('a setting that never ran wins nothing', () => {
  const { settings, recommendations, output } = evaluate([measured(128, []), measured(512, [20])], {
    ...options,
    includeOutputResults: true,
  });
  expect(settings[0]).toMatchObject({ durationMs: 0, cost: 0, count: 0 });
  expect(Object.values(recommendations)).toEqual(Array(3).fill({ memoryMb: 512 }));
  expect(output.stats).toHaveLength(1);
});

test('without anything measured, there is nothing to recommend', () => {
  expect(() => evaluate([measured(128, [])], options)).toThrow(
    new RangeError('Cannot recommend a memory setting: none of 1 has a duration; measure at least one'),
  );
});
