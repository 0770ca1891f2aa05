import { createParallel, RunStoppedError } from 'lambda-parallel';
import { expect, test, vi } from 'vitest';
import { countdown } from '../helpers/countdown.ts';
import { gate, gates } from '../helpers/gate.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

test('io.map() rejects at the first failure, with what was thrown, and does not wait for the others', async () => {
  await using runtime = createParallel({ deadlineMarginMs: 0 });
  const failed = { notEven: 'an error' };
  const doors = gates(3);
  const run = runtime.io.map(doors, (door) => door.passed);
  await turn();
  doors[1]?.fail(failed);
  await expect(run).rejects.toBe(failed);
  expect(runtime.statistics.io.runningCount).toBe(2);
  for (const door of doors) door.open();
});

test('io.map() rejects with undefined where a task throws that', async () => {
  await using runtime = createParallel();
  await expect(runtime.io.map([1], () => Promise.reject(undefined))).rejects.toBe(undefined);
});

test('io.map() tells the other tasks why they are to stop, and starts no more', async () => {
  await using runtime = createParallel();
  const failed = new Error('no such key');
  const door = gate();
  const reasons: unknown[] = [];
  const task = vi.fn((item: number, { signal }: { signal: AbortSignal }) =>
    item === 0 ? door.passed : toldToStop(signal).catch((reason) => void reasons.push(reason)),
  );
  const run = runtime.io.map([0, 1, 2, 3, 4, 5], task, { concurrency: 3 });
  await turn();
  door.fail(failed);
  await expect(run).rejects.toBe(failed);
  await turn();
  expect(task).toHaveBeenCalledTimes(3);
  expect(reasons).toHaveLength(2);
  expect(reasons[0]).toBeInstanceOf(RunStoppedError);
  expect(reasons[0]).toMatchObject({ cause: failed, message: 'Stopped: another task of the same io.map failed' });
});

test('io.map() rejects with DeadlineExceededError at the deadline, without waiting for its tasks', async () => {
  vi.useFakeTimers();
  try {
    const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(3000));
    const task = vi.fn(() => gate().passed);
    const run = runtime.io.map([1, 2, 3], task, { concurrency: 2 });
    const failed = expect(run).rejects.toMatchObject({
      code: 'ERR_PARALLEL_DEADLINE',
      message: expect.stringContaining('500 ms'),
    });
    await vi.advanceTimersByTimeAsync(2499);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect(task).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('io.map() starts nothing when the deadline has passed already', async () => {
  await using runtime = createParallel({ deadlineMarginMs: 500 }, countdown(400));
  const task = vi.fn();
  await expect(runtime.io.map([1, 2, 3], task)).rejects.toMatchObject({ code: 'ERR_PARALLEL_DEADLINE' });
  expect(task).not.toHaveBeenCalled();
});
