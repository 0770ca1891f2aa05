import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../src/observe/histogram.ts';

/** From microseconds to Lambda's longest timeout, each order of magnitude as likely as the other. */
const duration = fc.double({ min: Math.log(0.001), max: Math.log(900_000), noNaN: true }).map(Math.exp);

const histogramOf = (durations: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const ms of durations) histogram.add(ms);
  return histogram;
};

test('percentile() is off by 2 % at most, whatever was added', () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (durations, percent) => {
      const sorted = durations.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1] as number;
      const reported = histogramOf(durations).percentile(percent);
      expect(Math.abs(reported - exact) / exact).toBeLessThanOrEqual(0.02 + 1e-9);
    }),
    { numRuns: 500 },
  );
});

test('add() of a count is that many of the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(duration, fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 20 }), (entries) => {
      const counted = new Histogram();
      for (const [ms, count] of entries) counted.add(ms, count);
      const single = histogramOf(entries.flatMap(([ms, count]) => Array<number>(count).fill(ms)));
      for (const percent of [1, 50, 95, 100]) expect(counted.percentile(percent)).toBe(single.percentile(percent));
    }),
  );
});

test.each([
  ['nothing', Number.NaN, []],
  ['zeros', 0, [0, 0]],
  ['what is below 0 because two clocks disagree', 0, [-3]],
  ['what is shorter than a microsecond', 0, [0.0009]],
])('percentile() of %s is %s', (_, expected, durations) => {
  const histogram = histogramOf(durations);
  expect(histogram.isEmpty).toBe(durations.length === 0);
  expect(histogram.percentile(50)).toBe(expected);
});

test('percentile() is 15 minutes at most', () => {
  for (const ms of [900_000, 1e12, Number.POSITIVE_INFINITY]) {
    const reported = histogramOf([ms]).percentile(50);
    expect(Math.abs(reported - 900_000) / 900_000).toBeLessThanOrEqual(0.02);
  }
});
