import { expect, test } from 'vitest';
import { barChart } from '../../../power-tuning/print/bar-chart.ts';
import { modelled, result } from './setting-results.ts';

test('barChart() draws time and cost beside each other, what is modelled in another way', () => {
  const chart = barChart([modelled(1024, 50, { cost: 0.000004 }), result(512, 100, { cost: 0.000002 })], 'USD', 60);
  expect(chart.split('\n')).toEqual([
    '           time                      cost per million',
    '   512 MB  ████████████████ 100 ms   ████████ $2.00',
    '~1,024 MB  ░░░░░░░░ 50.0 ms          ░░░░░░░░░░░░░░░░ $4.00',
  ]);
});

test('barChart() shows the smallest value as well', () => {
  const [, small] = barChart([result(128, 0.01), result(256, 10_000)], 'USD', 80).split('\n');
  expect(small).toMatch(/128 MB {2}█ 0\.01 ms/);
});
