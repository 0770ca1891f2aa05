import { expect, test } from 'vitest';
import { defaultPowerValues } from '../../../power-tuning/input/power-values.ts';

test.each([
  [10_240, [128, 512, 1024, 1769, 3538, 5307, 7076, 8845, 10_240]],
  [3008, [128, 512, 1024, 1769, 3008]],
  [1769, [128, 512, 1024, 1769]],
  [1770, [128, 512, 1024, 1769, 1770]],
  [128, [128]],
])('the settings up to %i MB are the vCPU steps below it, and itself', (maxMemoryMb, expected) => {
  expect(defaultPowerValues(maxMemoryMb)).toEqual(expected);
});
