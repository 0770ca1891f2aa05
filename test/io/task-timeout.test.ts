import { createParallel, TaskTimeoutError } from 'lambda-parallel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gate } from '../helpers/gate.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('io.mapSettled() rejects the task that runs longer than timeoutMs, and tells it alone', async () => {
  const runtime = createParallel();
  const signals: AbortSignal[] = [];
  const doors = [gate<string>(), gate<string>()];
  const run = runtime.io.mapSettled(
    ['slow', 'quick', 'later'],
    async (item, { signal, index }) => {
      signals[index] = signal;
      if (item === 'slow') return toldToStop(signal);
      return item === 'quick' ? doors[0]?.passed : doors[1]?.passed;
    },
    { timeoutMs: 100, concurrency: 2 },
  );
  await vi.advanceTimersByTimeAsync(60);
  doors[0]?.open('quick');
  await vi.advanceTimersByTimeAsync(40);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, false]);
  await vi.advanceTimersByTimeAsync(59);
  doors[1]?.open('later');
  expect(await run).toMatchObject({
    outcomes: [
      { status: 'rejected', index: 0, reason: expect.any(TaskTimeoutError) },
      { status: 'fulfilled', index: 1, value: 'quick' },
      { status: 'fulfilled', index: 2, value: 'later' },
    ],
    completionReason: 'all-settled',
  });
  expect(signals[0]?.reason).toMatchObject({
    code: 'ERR_PARALLEL_TASK_TIMEOUT',
    message: expect.stringMatching(/item 0.*100 ms/),
  });
});

test('io.mapSettled() does not wait for a task that goes on after its timeout, and counts it as running', async () => {
  const runtime = createParallel();
  const door = gate<string>();
  const run = runtime.io.mapSettled([1], () => door.passed, { timeoutMs: 100 });
  await vi.advanceTimersByTimeAsync(100);
  expect((await run).rejected[0]?.reason).toBeInstanceOf(TaskTimeoutError);
  expect(runtime.statistics.io).toMatchObject({ rejectedCount: 1, fulfilledCount: 0, runningCount: 1 });
  door.open('late');
  await vi.advanceTimersByTimeAsync(0);
  expect(runtime.statistics.io).toMatchObject({ rejectedCount: 1, fulfilledCount: 0, runningCount: 0 });
});

test('io.map() rejects with TaskTimeoutError', async () => {
  const runtime = createParallel();
  const failed = expect(runtime.io.map([1], () => gate().passed, { timeoutMs: 100 })).rejects.toBeInstanceOf(TaskTimeoutError);
  await vi.advanceTimersByTimeAsync(100);
  await failed;
});

test('io.mapSettled() tells tasks with a timeout of the end of the run, too', async () => {
  const runtime = createParallel();
  const caller = new AbortController();
  const reason = new Error('enough');
  const run = runtime.io.mapSettled([1, 2], (_, { signal }) => toldToStop(signal), { timeoutMs: 100, signal: caller.signal });
  await vi.advanceTimersByTimeAsync(50);
  caller.abort(reason);
  expect(await run).toMatchObject({ rejected: [{ reason }, { reason }], completionReason: 'aborted' });
});

test('io.mapSettled() still ends a task by its timeout while it is waited for', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 });
  const caller = new AbortController();
  const run = runtime.io.mapSettled([1], () => gate().passed, { timeoutMs: 100, signal: caller.signal });
  await vi.advanceTimersByTimeAsync(50);
  caller.abort();
  await vi.advanceTimersByTimeAsync(50);
  expect((await run).rejected[0]?.reason).toBeInstanceOf(TaskTimeoutError);
});

test('io.mapSettled(), io.map() and io.stream() leave no timer of a task that they abandon', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 });
  const caller = new AbortController();
  const options = { timeoutMs: 60_000, signal: caller.signal };
  const task = () => gate().passed;
  const settled = runtime.io.mapSettled([1], task, options);
  const mapped = expect(runtime.io.map([1], task, options)).rejects.toBe('enough');
  const streamed = runtime.io.stream([1], task, options);
  const first = streamed.next();
  await vi.advanceTimersByTimeAsync(1);
  caller.abort('enough');
  await vi.advanceTimersByTimeAsync(250);
  await settled;
  await mapped;
  await first;
  await streamed.return();
  expect(vi.getTimerCount()).toBe(0);
});
