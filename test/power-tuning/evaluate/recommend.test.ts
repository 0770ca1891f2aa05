import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cheapestWithin, recommend } from '../../../power-tuning/evaluate/recommend.ts';
import type { SettingResult } from '../../../power-tuning/tuning.ts';

const setting = (memoryMb: number, durationMs: number, cost: number): SettingResult => ({
  memoryMb,
  durationMs,
  cost,
  isModelled: false,
  count: 5,
});
const anySettings = fc.array(
  fc.tuple(fc.integer({ min: 128, max: 10_240 }), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })),
  { minLength: 1, maxLength: 12 },
);

describe('recommend()', () => {
  test('takes the cheapest for cost, the fastest for speed', () => {
    const settings = [setting(128, 100, 3), setting(512, 50, 1), setting(1024, 10, 9)];
    expect(recommend(settings, 'cost', 0.5).memoryMb).toBe(512);
    expect(recommend(settings, 'speed', 0.5).memoryMb).toBe(1024);
  });

  test('takes the faster of equally cheap ones, the cheaper of equally fast ones', () => {
    expect(recommend([setting(128, 20, 1), setting(256, 10, 1), setting(512, 15, 1)], 'cost', 0.5).memoryMb).toBe(256);
    expect(recommend([setting(128, 10, 3), setting(256, 10, 1), setting(512, 10, 2)], 'speed', 0.5).memoryMb).toBe(256);
  });

  test.each(['cost', 'speed', 'balanced'] as const)('takes the first of equals for %s', (strategy) => {
    expect(recommend([setting(512, 10, 1), setting(128, 10, 1)], strategy, 0.5).memoryMb).toBe(512);
  });

  test('weighs shares of the largest cost and of the longest time for balanced', () => {
    // With 0.5: 0.5 * 2/10 + 0.5 * 100/100 = 0.6; 0.5 * 4/10 + 0.5 * 50/100 = 0.45; 0.5 * 10/10 + 0.5 * 10/100 = 0.55.
    const settings = [setting(128, 100, 2), setting(512, 50, 4), setting(1024, 10, 10)];
    expect(recommend(settings, 'balanced', 0.5).memoryMb).toBe(512);
    expect(recommend(settings, 'balanced', 0.3).memoryMb).toBe(1024);
    expect(recommend(settings, 'balanced', 0.8).memoryMb).toBe(128);
  });

  test('takes the first of equally balanced ones, whatever they cost', () => {
    const settings = [setting(512, 10, 5), setting(128, 5, 10)];
    expect(recommend(settings, 'balanced', 0.5).memoryMb).toBe(512);
    expect(recommend(settings.toReversed(), 'balanced', 0.5).memoryMb).toBe(128);
  });

  test('is as good as cost with a weight of 1, as speed with 0', () => {
    fc.assert(
      fc.property(anySettings, (values) => {
        const settings = values.map((value) => setting(...value));
        expect(recommend(settings, 'balanced', 1).cost).toBe(recommend(settings, 'cost', 1).cost);
        expect(recommend(settings, 'balanced', 0).durationMs).toBe(recommend(settings, 'speed', 0).durationMs);
      }),
    );
  });

  test('leaves the settings as they are', () => {
    const settings = [setting(128, 20, 2), setting(256, 10, 1)];
    recommend(settings, 'cost', 0.5);
    expect(settings.map(({ memoryMb }) => memoryMb)).toEqual([128, 256]);
  });
});

describe('cheapestWithin()', () => {
  const settings = [setting(128, 100, 1), setting(512, 11, 2), setting(1024, 10.5, 3), setting(1769, 10, 4)];

  test.each([
    [0, 1769],
    [4.9, 1769],
    [5, 1024],
    [10, 512],
    [899, 512],
    [900, 128],
  ])('within %d %% of the fastest, it is %i MB', (percent, memoryMb) => {
    expect(cheapestWithin(settings, percent).memoryMb).toBe(memoryMb);
  });

  test('is never slower than allowed, and nothing that is allowed is cheaper', () => {
    fc.assert(
      fc.property(anySettings, fc.integer({ min: 0, max: 500 }), (values, percent) => {
        const all = values.map((value) => setting(...value));
        const { durationMs, cost } = cheapestWithin(all, percent);
        const limitMs = Math.min(...all.map((each) => each.durationMs)) * (1 + percent / 100);
        expect(durationMs).toBeLessThanOrEqual(limitMs);
        expect(cost).toBe(Math.min(...all.filter((each) => each.durationMs <= limitMs).map((each) => each.cost)));
      }),
    );
  });

  test.each([-1, Number.NaN])('refuses %d %%', (percent) => {
    expect(() => cheapestWithin(settings, percent)).toThrow(
      new RangeError(`Cannot compare with the fastest as percent must be a number >= 0: ${percent}`),
    );
  });
});
