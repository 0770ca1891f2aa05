import { getEventListeners } from 'node:events';
import { createParallel, InvocationEndedError, TaskAbandonedError } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { countdown } from '../helpers/countdown.ts';
import { gate } from '../helpers/gate.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('createParallel()', () => {
  test('opens nothing until it is used', () => {
    const runtime = createParallel({}, countdown(1000));
    expect(runtime.statistics.io).toMatchObject({
      fulfilledCount: 0,
      rejectedCount: 0,
      skippedCount: 0,
      runningCount: 0,
      peakRunningCount: 0,
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('makes runtimes that overlap without touching each other', async () => {
    const short = createParallel({ concurrency: 1 }, countdown(1000));
    const long = createParallel({ concurrency: 2 }, countdown(5000));
    const door = gate<string>();
    const longRun = long.io.mapSettled([1, 2], () => door.passed);
    const shortRun = short.io.mapSettled([1, 2], (_, { signal }) => toldToStop(signal));
    const { signal } = long;
    await vi.advanceTimersByTimeAsync(500);
    expect(await shortRun).toMatchObject({ completionReason: 'deadline', rejectedCount: 1, skippedCount: 1 });
    await short[Symbol.asyncDispose]();
    expect(signal.aborted).toBe(false);
    expect(await long.io.map(['still'], (item) => item)).toEqual(['still']);
    door.open('done');
    expect((await longRun).values).toEqual(['done', 'done']);
    expect(long.statistics.io).toMatchObject({ fulfilledCount: 3, rejectedCount: 0 });
    expect(short.statistics.io).toMatchObject({ fulfilledCount: 0, rejectedCount: 1, skippedCount: 1, peakRunningCount: 1 });
    await long[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('dispose', () => {
  const disposals = [
    ['using', async (runtime: ReturnType<typeof createParallel>) => runtime[Symbol.dispose]()],
    ['await using', (runtime: ReturnType<typeof createParallel>) => runtime[Symbol.asyncDispose]()],
  ] as const;

  test.each(disposals)('(%s) aborts runtime.signal, whether it was asked for before or not', async (_, dispose) => {
    for (const remainingTime of [undefined, countdown(1000)]) {
      const asked = createParallel({}, remainingTime);
      const { signal } = asked;
      expect(signal.aborted).toBe(false);
      await dispose(asked);
      expect(signal.reason).toBeInstanceOf(InvocationEndedError);
      const unasked = createParallel({}, remainingTime);
      await dispose(unasked);
      expect(unasked.signal.reason).toBeInstanceOf(InvocationEndedError);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  test.each(disposals)('(%s) lets nothing be used after it', async (_, dispose) => {
    const runtime = createParallel();
    const task = vi.fn();
    const unread = runtime.io.stream([1], task);
    await dispose(runtime);
    await expect(runtime.io.map([1], task)).rejects.toBeInstanceOf(InvocationEndedError);
    await expect(runtime.io.mapSettled([1], task)).rejects.toBeInstanceOf(InvocationEndedError);
    expect(() => runtime.io.stream([1], task)).toThrow(InvocationEndedError);
    await expect(unread.next()).rejects.toBeInstanceOf(InvocationEndedError);
    expect(task).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(disposals)('(%s) tells running tasks, also those with a timeout, and starts no more', async (_, dispose) => {
    const runtime = createParallel({ concurrency: 1 }, countdown(10_000));
    const task = vi.fn((_item: number, { signal }: { signal: AbortSignal }) => toldToStop(signal));
    const settled = runtime.io.mapSettled([1, 2], task);
    const timed = runtime.io.mapSettled([1, 2], task, { timeoutMs: 5000 });
    const mapped = runtime.io.map([1, 2], task);
    const streamed = collect(runtime.io.stream([1, 2], task));
    const mappedRejects = expect(mapped).rejects.toBeInstanceOf(InvocationEndedError);
    await vi.advanceTimersByTimeAsync(1);
    await dispose(runtime);
    const expected = [
      { status: 'rejected', index: 0, reason: expect.any(InvocationEndedError) },
      { status: 'skipped', index: 1, reason: 'aborted' },
    ];
    expect(await settled).toMatchObject({ outcomes: expected, completionReason: 'aborted' });
    expect(await timed).toMatchObject({ outcomes: expected, completionReason: 'aborted' });
    expect(await streamed).toMatchObject(expected);
    await mappedRejects;
    expect(task).toHaveBeenCalledTimes(4);
    await turn();
    expect(vi.getTimerCount()).toBe(0);
    expect(runtime.statistics.io.runningCount).toBe(0);
  });

  test('(await using) waits for tasks that take a while to stop', async () => {
    const events: string[] = [];
    const invocation = async () => {
      await using runtime = createParallel({}, countdown(10_000));
      void runtime.io.mapSettled([1], async (_, { signal }) => {
        await toldToStop(signal).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 200));
        events.push('task stopped');
      });
      await turn();
    };
    const run = invocation().then(() => events.push('disposed'));
    await vi.advanceTimersByTimeAsync(199);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await run;
    expect(events).toEqual(['task stopped', 'disposed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('(await using) waits no longer than half the margin for tasks that ignore their signal, and leaves nothing', async () => {
    const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(10_000));
    const settled = runtime.io.mapSettled([1], () => gate().passed, { timeoutMs: 9000 });
    void runtime.io.stream([1], () => gate().passed, { timeoutMs: 9000 }).next();
    await vi.advanceTimersByTimeAsync(1);
    const startedAt = Date.now();
    const disposed = runtime[Symbol.asyncDispose]().then(() => Date.now() - startedAt);
    await vi.advanceTimersByTimeAsync(250);
    expect(await disposed).toBe(250);
    expect((await settled).rejected[0]?.reason).toBeInstanceOf(TaskAbandonedError);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('(await using) does not wait at all for runs whose tasks have ended', async () => {
    const runtime = createParallel({}, countdown(10_000));
    const stream = runtime.io.stream([1, 2, 3], (item) => item, { concurrency: 1 });
    await stream.next();
    await runtime.io.map([1], () => Promise.reject('failed')).catch(() => undefined);
    await runtime[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
    expect((await stream.next()).value).toMatchObject({ index: 1 });
  });

  test('(await using) twice, or after `using`, waits for the same and leaves no timer', async () => {
    for (const isSyncFirst of [true, false]) {
      const runtime = createParallel();
      const door = gate();
      void runtime.io.mapSettled([1], () => door.passed);
      await vi.advanceTimersByTimeAsync(1);
      const done = vi.fn();
      if (isSyncFirst) runtime[Symbol.dispose]();
      const both = Promise.all([runtime[Symbol.asyncDispose](), runtime[Symbol.asyncDispose]()]).then(done);
      await vi.advanceTimersByTimeAsync(10);
      expect(done).not.toHaveBeenCalled();
      door.open();
      await vi.advanceTimersByTimeAsync(0);
      expect(done).toHaveBeenCalled();
      await both;
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  test('leaves no listener on a signal of the caller that outlives the invocation', async () => {
    const shutdown = new AbortController();
    const runtime = createParallel();
    const stream = runtime.io.stream([1, 2], (item) => item, { signal: shutdown.signal });
    await stream.next();
    void runtime.io.mapSettled([1], (_, { signal }) => toldToStop(signal), { signal: shutdown.signal });
    expect(getEventListeners(shutdown.signal, 'abort')).toHaveLength(2);
    await runtime[Symbol.asyncDispose]();
    expect(getEventListeners(shutdown.signal, 'abort')).toEqual([]);
  });
});

test('statistics count the tasks of all calls of the invocation', async () => {
  const runtime = createParallel({ concurrency: 3 });
  const odd = (item: number) => {
    if (item % 2 === 1) throw new Error('odd');
  };
  await runtime.io.mapSettled([1, 2, 3, 4], odd);
  await collect(runtime.io.stream([1, 2], odd));
  await runtime.io.mapSettled([1, 2, 3], odd, { toleratedFailureCount: 0, concurrency: 1 });
  expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 3, rejectedCount: 4, skippedCount: 2, runningCount: 0 });
});
