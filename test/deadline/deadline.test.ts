import { createParallel, DeadlineExceededError } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { countdown } from '../helpers/countdown.ts';
import { gate } from '../helpers/gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('remainingMs', () => {
  test('counts down to the deadline, which is the end less the margin, and stays at 0', async () => {
    const runtime = createParallel({ deadlineMarginMs: 400 }, countdown(1000));
    expect(runtime.remainingMs).toBe(600);
    await vi.advanceTimersByTimeAsync(599);
    expect(runtime.remainingMs).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(runtime.remainingMs).toBe(0);
  });

  test('keeps back 500 ms where nothing is said', () => {
    expect(createParallel({}, countdown(1000)).remainingMs).toBe(500);
  });

  test('is Infinity without a deadline', () => {
    expect(createParallel().remainingMs).toBe(Number.POSITIVE_INFINITY);
    const mocked = { getRemainingTimeInMillis: vi.fn<() => never>() };
    expect(createParallel({}, mocked).remainingMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('signal', () => {
  test('aborts at the deadline, not before, with DeadlineExceededError', async () => {
    const runtime = createParallel({ deadlineMarginMs: 400 }, countdown(1000));
    const { signal } = runtime;
    await vi.advanceTimersByTimeAsync(599);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.reason).toBeInstanceOf(DeadlineExceededError);
    expect(runtime.signal).toBe(signal);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is aborted when it is first asked for after the deadline', () => {
    const runtime = createParallel({ deadlineMarginMs: 400 }, countdown(300));
    expect(runtime.signal.reason).toBeInstanceOf(DeadlineExceededError);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of a deadline further away than a timer can count aborts then, not at once', async () => {
    const days = 24 * 60 * 60 * 1000;
    const { signal } = createParallel({ deadlineMarginMs: 0 }, countdown(60 * days));
    await vi.advanceTimersByTimeAsync(59 * days);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(days);
    expect(signal.aborted).toBe(true);
  });

  test('does not abort when a timer fires early, as Node lets it', async () => {
    const runtime = createParallel({ deadlineMarginMs: 0 }, countdown(100));
    const { signal } = runtime;
    await vi.advanceTimersByTimeAsync(99);
    vi.setSystemTime(Date.now() - 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.aborted).toBe(true);
  });
});

describe('the timer of the deadline', () => {
  const resources = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

  test('is held only while something listens', async () => {
    const runtime = createParallel({}, countdown(1000));
    expect(vi.getTimerCount()).toBe(0);
    const doors = [gate(), gate()];
    const runs = doors.map((door) => runtime.io.map([1], () => door.passed));
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(1);
    doors[0]?.open();
    await runs[0];
    expect(vi.getTimerCount()).toBe(1);
    doors[1]?.open();
    await runs[1];
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keeps the process alive while a run is waited for, and not for `signal`', async () => {
    vi.useRealTimers();
    const before = resources();
    const runtime = createParallel({}, countdown(30_000));
    expect(runtime.signal.aborted).toBe(false);
    expect(resources()).toBe(before);
    const door = gate();
    const run = runtime.io.map([1], () => door.passed);
    expect(resources()).toBe(before + 1);
    door.open();
    await run;
    expect(resources()).toBe(before);
    await runtime[Symbol.asyncDispose]();
  });
});

test.each([undefined, Number.NaN, '30000'])('a remaining time of %o, as of a mock, counts nothing down', async (remaining) => {
  const runtime = createParallel({}, { getRemainingTimeInMillis: () => remaining as number });
  expect(runtime.remainingMs).toBe(Number.POSITIVE_INFINITY);
  const waiting = gate();
  const run = runtime.io.map([1], () => waiting.passed);
  expect(vi.getTimerCount()).toBe(0);
  waiting.open();
  await run;
});
