import { expect, test } from 'vitest';
import { shownCost, shownExcess, shownMemory, shownTime } from '../../../power-tuning/print/amounts.ts';

test('shownMemory() marks what was not measured', () => {
  expect([shownMemory(1024, false), shownMemory(10_240, true)]).toEqual(['1,024 MB', '~10,240 MB']);
});

test.each([
  [0.5, '0.50 ms'],
  [42.123, '42.1 ms'],
  [1234.5, '1,235 ms'],
])('shownTime() of %d is %s', (ms, text) => {
  expect(shownTime(ms)).toBe(text);
});

test.each([
  [0, '$0.00'],
  [0.0000000021, '$0.00210'],
  [0.000002083, '$2.08'],
  [0.0012345678, '$1,234.57'],
])('shownCost() of %d an invocation is %s a million', (cost, text) => {
  expect(shownCost(cost, 'USD')).toBe(text);
});

test('shownCost() knows the currency of China', () => {
  expect(shownCost(0.000001, 'CNY')).toBe('¥1.00');
});

test('shownExcess() is in percent, and nothing where there is none', () => {
  expect([shownExcess(112, 100), shownExcess(100.1, 100), shownExcess(100, 100), shownExcess(90, 100)]).toEqual([
    '12 %',
    'less than 1 %',
    undefined,
    undefined,
  ]);
});
