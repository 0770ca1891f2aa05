import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile } from '../../../power-tuning/evaluate/percentile.ts';
import { trimmedMean } from '../../../power-tuning/evaluate/trimmed-mean.ts';

test.each([
  [[100, 1, 2, 3, 0], 0.2, 2],
  [[100, 1, 2, 3, 0], 0.4, 2],
  [[100, 1, 2, 3, 0], 0, 21.2],
  // 0.2 of 4 is less than one invocation.
  [[10, 1, 2, 3], 0.2, 4],
  [[10, 9, 100], 0.2, 119 / 3],
  [[], 0.2, 0],
  [[1, 2, 3], 1e-7, 2],
])('the mean of %j without %d at either end is %d', (values, share, expected) => {
  expect(trimmedMean(values, share)).toBeCloseTo(expected, 12);
});

test('a trimmed mean depends on no order and lies between what is left', () => {
  const anyValues = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(anyValues, fc.double({ min: 0, max: 0.4, noNaN: true }), (values, share) => {
      const mean = trimmedMean(values, share);
      expect(trimmedMean(values.toReversed(), share)).toBe(mean);
      expect(mean).toBeGreaterThanOrEqual(Math.min(...values));
      expect(mean).toBeLessThanOrEqual(Math.max(...values));
    }),
  );
});

test.each([
  [[15, 20, 35, 40, 50], 30, 20],
  [[15, 20, 35, 40, 50], 40, 20],
  [[15, 20, 35, 40, 50], 50, 35],
  [[50, 40, 35, 20, 15], 100, 50],
  [Array.from({ length: 20 }, (_, index) => index + 1), 95, 19],
  [Array.from({ length: 100 }, (_, index) => index + 1), 99, 99],
  [[7], 1, 7],
])('of %j, percentile %i is %d', (values, percent, expected) => {
  expect(percentile(values, percent)).toBe(expected);
});

test('at least so many percent are not above a percentile, and fewer below the next smaller value', () => {
  const anyValues = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(anyValues, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const value = percentile(values, percent);
      expect(values).toContain(value);
      expect(values.filter((other) => other <= value).length * 100).toBeGreaterThanOrEqual(percent * values.length);
      expect(values.filter((other) => other < value).length * 100).toBeLessThan(percent * values.length);
    }),
  );
});

test('no values have no percentile', () => {
  expect(() => percentile([], 50)).toThrow(new RangeError('Cannot tell percentile 50 of 0 values; give at least one'));
});
