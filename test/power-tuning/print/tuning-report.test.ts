import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { tuningReport } from '../../../power-tuning/print/tuning-report.ts';
import type { Setting } from '../../../power-tuning/tuning.ts';
import { modelled, result, tuning } from './setting-results.ts';

const OPTIONS = { withinPercent: 10, columns: 80, currency: 'USD' } as const;
const report = (others: Parameters<typeof tuning>[0] = {}): string =>
  stripVTControlCharacters(tuningReport(tuning(others), OPTIONS));

test('tuningReport() says what was measured, what it came to, what to choose and why, and where to see it', () => {
  const text = report();
  expect(text).toMatch(/^monte-carlo · local · us-east-1 · arm64 · nodejs24\.x · 10 invocations of each\s+setting\n/);
  expect(text).toMatch(/memory .* vCPU .* time .* p95 .* cost per million .* speed-up/);
  expect(text).toMatch(/│ 512 MB +│ 0\.29 │ +3,400 ms │ +3,740 ms │ +\$22\.67 │ +4\.1x │/);
  expect(text).toMatch(/│ ~10,240 MB │ 5\.79 │ +180 ms │ +– │ +\$24\.00 │ +77\.8x │/);
  expect(text).toMatch(/~ and ░: modelled, not measured/);
  expect(text).toMatch(/^ {2}cost: 512 MB, \$22\.67 per million, 3,400 ms; 1,789 % slower than the fastest$/m);
  expect(text).toMatch(/^ {2}speed: ~10,240 MB, \$24\.00 per million, 180 ms; 6 % dearer than the cheapest$/m);
  expect(text).toMatch(/^→ balanced: 1,769 MB, .*; 450 % slower than the fastest,\n {4}1 % dearer than the cheapest$/m);
  expect(text).toMatch(/^ {2}cheapest within 10 % of the fastest: ~10,240 MB, /m);
  expect(text).toMatch(/\n\nhttps:\/\/lambda-power-tuning\.show\/#a;b;c$/);
});

test('tuningReport() is as wide as 80 columns, with the largest figures as well', () => {
  const settings = [result(128, 899_999), modelled(10_240, 123_456)];
  const best = { memoryMb: 10_240 };
  const text = report({ settings, recommendations: { cost: { memoryMb: 128 }, speed: best, balanced: best } });
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('tuningReport() has no legend where everything was measured', () => {
  const best = { memoryMb: 128 };
  const text = report({ settings: [result(128, 100)], recommendations: { cost: best, speed: best, balanced: best } });
  expect(text).not.toContain('~');
  expect(text).toMatch(/cost: 128 MB, .*; the fastest and the cheapest/);
});

test('tuningReport() says that nothing can be recommended where CPU was not limited', () => {
  const text = report({ unlimitedReason: 'Cannot limit CPU and memory: no cgroups.' });
  expect(text).toContain('Nothing can be recommended');
  expect(text.replaceAll(/\s+/g, ' ')).toContain('Cannot limit CPU and memory: no cgroups.');
  expect(text).not.toContain('balanced:');
});

test('tuningReport() says why settings are missing', () => {
  expect(report({ stoppedReason: 'SIGINT' })).toContain('Not all settings were measured: SIGINT');
});

test('tuningReport() draws a heat map of time and one of cost for two axes', () => {
  const at = (memoryMb: number, concurrency: number, durationMs: number) => result(memoryMb, durationMs, { concurrency });
  const settings = [
    at(128, 1, 8000),
    at(128, 32, 4000),
    at(1769, 1, 6000),
    at(1769, 32, 300),
    modelled(3538, 6000, { concurrency: 1 }),
  ];
  const best: Setting = { memoryMb: 1769, concurrency: 32 };
  const text = report({ settings, recommendations: { cost: { memoryMb: 128, concurrency: 32 }, speed: best, balanced: best } });
  expect(text).toMatch(/│ time +│ concurrency 1 │ +32 │/);
  expect(text).toMatch(/│ cost\/million │ concurrency 1 │ +32 │/);
  expect(text).toMatch(/│ 128 MB +│ +8,000 ms ██ │ +4,000 ms ▓▓ │/);
  expect(text).toMatch(/│ 1,769 MB +│ +6,000 ms ██ │ +300 ms {4}│/);
  expect(text).toMatch(/│ 3,538 MB +│ +~6,000 ms ██ │ +– │/);
  expect(text).toContain('~: modelled, not measured');
  expect(text).toMatch(/→ balanced: 1,769 MB and concurrency 32, /);
  expect(text).not.toContain('speed-up');
});

test('tuningReport() breaks wide heat maps, so that they fit', () => {
  const settings = [1, 2, 4, 8, 16, 32].map((concurrency) => result(10_240, 123_456, { concurrency }));
  const best: Setting = { memoryMb: 10_240, concurrency: 1 };
  const text = report({ settings, recommendations: { cost: best, speed: best, balanced: best } });
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(text).toMatch(/│ +32 │/);
});
