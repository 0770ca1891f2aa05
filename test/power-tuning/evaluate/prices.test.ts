import { expect, test } from 'vitest';
import { invocationCost } from '../../../power-tuning/evaluate/prices.ts';

test.each([
  ['x86_64', 'us-east-1', 0.0000166667],
  ['arm64', 'us-east-1', 0.0000133334],
  ['x86_64', 'eu-central-1', 0.0000166667],
  ['x86_64', 'af-south-1', 0.0000221],
  ['arm64', 'af-south-1', 0.00001768],
] as const)('a second of 1 GB on %s in %s costs %d', (architecture, region, price) => {
  expect(invocationCost(1024, 1000, { architecture, region })).toBeCloseTo(price, 15);
});

test('a begun millisecond is billed', () => {
  const price = { architecture: 'x86_64', region: 'us-east-1' } as const;
  expect(invocationCost(512, 10.1, price)).toBe(invocationCost(512, 11, price));
});

test('the same GB-seconds cost the same to the last bit, so that the faster of two is found', () => {
  const price = { architecture: 'arm64', region: 'us-east-1' } as const;
  expect(invocationCost(1769, 300, price)).toBe(invocationCost(1769 * 3, 100, price));
  expect(invocationCost(512, 21, price)).toBe(invocationCost(512 * 7, 3, price));
});
