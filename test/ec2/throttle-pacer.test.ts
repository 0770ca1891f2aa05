import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ThrottlePacer } from '../../src/ec2/throttle-pacer.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(async () => undefined) }));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.mocked(delay).mockClear();
});

const { signal } = new AbortController();

/** How long the next caller would wait, in ms. */
async function waitMs(pacer: ThrottlePacer): Promise<number> {
  vi.mocked(delay).mockClear();
  await pacer.slot(signal);
  return Number(vi.mocked(delay).mock.calls[0]?.[0] ?? 0);
}

/** Calls a second, from the distance of two slots. */
async function rate(pacer: ThrottlePacer): Promise<number> {
  const first = await waitMs(pacer);
  return 1000 / ((await waitMs(pacer)) - first);
}

test('ThrottlePacer lets everybody through before the first throttle', async () => {
  const pacer = new ThrottlePacer();
  for (let count = 0; count < 1000; count += 1) {
    pacer.succeeded();
    await pacer.slot(signal);
  }
  expect(delay).not.toHaveBeenCalled();
});

test('ThrottlePacer spaces calls from the first throttle on, the first of them at once', async () => {
  const pacer = new ThrottlePacer();
  pacer.throttled();
  expect(await waitMs(pacer)).toBe(0);
  for (const turns of [1, 2, 3]) expect(await waitMs(pacer)).toBeCloseTo((turns * 1000) / 14, 5);
});

test('ThrottlePacer keeps no slot for those who were not there', async () => {
  const pacer = new ThrottlePacer();
  pacer.throttled();
  await waitMs(pacer);
  vi.advanceTimersByTime(10_000);
  expect(await waitMs(pacer)).toBe(0);
  expect(await waitMs(pacer)).toBeCloseTo(1000 / 14, 5);
});

test('ThrottlePacer takes a burst of throttles for one sign', async () => {
  const pacer = new ThrottlePacer();
  for (let count = 0; count < 64; count += 1) pacer.throttled();
  expect(await rate(pacer)).toBeCloseTo(14, 5);
  vi.advanceTimersByTime(999);
  pacer.throttled();
  expect(await rate(pacer)).toBeCloseTo(14, 5);
  vi.advanceTimersByTime(1);
  for (let count = 0; count < 64; count += 1) pacer.throttled();
  expect(await rate(pacer)).toBeCloseTo(14 * 0.7, 5);
});

test('ThrottlePacer never goes below one call a second', async () => {
  const pacer = new ThrottlePacer();
  for (let count = 0; count < 30; count += 1) {
    pacer.throttled();
    vi.advanceTimersByTime(1000);
  }
  expect(await rate(pacer)).toBeCloseTo(1, 5);
});

test('ThrottlePacer goes up by two calls a second in each second of successes', async () => {
  const pacer = new ThrottlePacer();
  pacer.throttled();
  let perSecond = 14;
  for (let second = 0; second < 5; second += 1) {
    for (let count = 0; count < Math.round(perSecond); count += 1) pacer.succeeded();
    const faster = await rate(pacer);
    expect(faster - perSecond).toBeGreaterThan(1.7);
    expect(faster - perSecond).toBeLessThan(2.1);
    perSecond = faster;
  }
});

test('ThrottlePacer hands its signal to the wait', async () => {
  const pacer = new ThrottlePacer();
  pacer.throttled();
  await pacer.slot(signal);
  await pacer.slot(signal);
  expect(delay).toHaveBeenCalledWith(expect.any(Number), undefined, { signal });
});
