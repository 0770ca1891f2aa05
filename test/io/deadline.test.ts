import { createParallel, DeadlineExceededError, type RejectedOutcome, TaskAbandonedError } from 'lambda-parallel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { countdown } from '../helpers/countdown.ts';
import { gate } from '../helpers/gate.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('io.mapSettled() tells its tasks at the deadline, waits for them, and skips what has not started', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const told: [number, unknown][] = [];
  const run = runtime.io.mapSettled(
    ['a', 'b', 'c'],
    async (item, { signal }) => {
      await toldToStop(signal).catch((reason) => told.push([Date.now(), reason]));
      if (item === 'b') throw new Error('b');
      return item;
    },
    { concurrency: 2 },
  );
  const deadlineAt = Date.now() + 500;
  await vi.advanceTimersByTimeAsync(500);
  expect(await run).toMatchObject({
    outcomes: [
      { status: 'fulfilled', index: 0, value: 'a' },
      { status: 'rejected', index: 1, reason: new Error('b') },
      { status: 'skipped', index: 2, reason: 'deadline' },
    ],
    completionReason: 'deadline',
    isInputExhausted: true,
  });
  expect(told).toEqual([
    [deadlineAt, expect.any(DeadlineExceededError)],
    [deadlineAt, expect.any(DeadlineExceededError)],
  ]);
});

test('io.mapSettled() abandons tasks that ignore their signal after half the margin', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const settled = vi.fn();
  const run = runtime.io.mapSettled([1, 2], async (item) => (item === 1 ? gate().passed : undefined));
  void run.then(settled);
  await vi.advanceTimersByTimeAsync(749);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  const { outcomes, completionReason, rejectedCount } = await run;
  expect(completionReason).toBe('deadline');
  expect(rejectedCount).toBe(1);
  const { reason } = outcomes[0] as RejectedOutcome;
  expect(reason).toBeInstanceOf(TaskAbandonedError);
  expect(reason).toMatchObject({ message: expect.stringMatching(/item 0.*250 ms/), cause: expect.any(DeadlineExceededError) });
  expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 1, rejectedCount: 1, runningCount: 1 });
});

test('io.mapSettled() ignores what an abandoned task still returns or throws', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const doors = [gate<string>(), gate<string>()];
  const run = runtime.io.mapSettled(doors, (door) => door.passed);
  await vi.advanceTimersByTimeAsync(750);
  const result = await run;
  const before = structuredClone(result.outcomes.map(({ status }) => status));
  doors[0]?.open('late');
  doors[1]?.fail(new Error('late'));
  await vi.advanceTimersByTimeAsync(0);
  expect(result.outcomes.map(({ status }) => status)).toEqual(before);
  expect(runtime.statistics.io.runningCount).toBe(0);
  expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 0, rejectedCount: 2 });
});

test('the response leaves before half the margin is used up, also where it waits for the same tasks twice', async () => {
  const respondedAfterMs = async () => {
    const startedAt = Date.now();
    await using runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
    void runtime.io.stream([1], () => gate().passed).next();
    await runtime.io.mapSettled([1], () => gate().passed);
    await runtime[Symbol.asyncDispose]();
    return Date.now() - startedAt;
  };
  const run = respondedAfterMs();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await run).toBe(750);
});

test('the response leaves in time although the deadline is noticed late, because something computed', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const startedAt = Date.now();
  const run = runtime.io.mapSettled([1], () => gate().passed).then(() => Date.now() - startedAt);
  await vi.advanceTimersByTimeAsync(0);
  vi.setSystemTime(startedAt + 650);
  await vi.advanceTimersByTimeAsync(1000);
  // The faked timers do not see that the clock has moved on: the deadline's comes 500 ms later, at 1,150, and nothing is left.
  expect(await run).toBeLessThanOrEqual(1151);
});

test('io.mapSettled() skips everything when less than the margin is left from the start', async () => {
  const runtime = createParallel({ deadlineMarginMs: 5000 }, countdown(3000));
  const task = vi.fn();
  const result = await runtime.io.mapSettled(['a', 'b'], task);
  expect(result).toMatchObject({ skippedCount: 2, completionReason: 'deadline' });
  expect(task).not.toHaveBeenCalled();
  expect(runtime.remainingMs).toBe(0);
});

test('io.mapSettled() ends an endless generator at the deadline', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  let count = 0;
  let closed = 0;
  function* endless() {
    try {
      while (true) yield count++;
    } finally {
      closed += 1;
    }
  }
  const run = runtime.io.mapSettled(endless(), () => new Promise((resolve) => setTimeout(resolve, 100)), { concurrency: 2 });
  await vi.advanceTimersByTimeAsync(1000);
  const result = await run;
  expect(result).toMatchObject({ completionReason: 'deadline', isInputExhausted: false });
  expect(result.outcomes).toHaveLength(count);
  expect(result.fulfilledCount).toBeGreaterThanOrEqual(8);
  expect(closed).toBe(1);
});

test('io.mapSettled() ends an endless generator at the deadline, although its tasks never let a timer run', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  function* endless() {
    while (true) yield 1;
  }
  const result = await runtime.io.mapSettled(endless(), (_, { index }) => {
    if (index === 1000) vi.setSystemTime(Date.now() + 500);
  });
  expect(result).toMatchObject({ completionReason: 'deadline', fulfilledCount: 1001 });
});

test('io.mapSettled() starts no item whose bytes become free after the deadline', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const task = vi.fn((_item: number, { signal }: { signal: AbortSignal }) => toldToStop(signal));
  const run = runtime.io.mapSettled([6, 6, 6], task, { maxInFlightBytes: 10, weight: (bytes) => bytes });
  await vi.advanceTimersByTimeAsync(500);
  expect(await run).toMatchObject({ rejectedCount: 1, skippedCount: 2, completionReason: 'deadline' });
  expect(task).toHaveBeenCalledTimes(1);
});

test('io.mapSettled() waits for tasks that stop at once, even without a margin', async () => {
  const runtime = createParallel({ deadlineMarginMs: 0 }, countdown(500));
  const run = runtime.io.mapSettled([1], async (_, { signal }) => {
    await toldToStop(signal).catch(() => undefined);
    return 'stopped';
  });
  await vi.advanceTimersByTimeAsync(500);
  expect(await run).toMatchObject({ values: ['stopped'], completionReason: 'deadline' });
});

test('io.mapSettled() inside a task ends with "deadline" too, by the signal of that task', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const run = runtime.io.mapSettled([1], async (_, { signal }) => {
    const inner = await runtime.io.mapSettled([1, 2], (_item, scope) => toldToStop(scope.signal), { signal, concurrency: 1 });
    return [inner.completionReason, inner.outcomes[1]];
  });
  await vi.advanceTimersByTimeAsync(500);
  expect((await run).values).toEqual([['deadline', { status: 'skipped', index: 1, reason: 'deadline' }]]);
});

test('io.stream() yields the rest of an array as skipped at the deadline, and ends', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const weight = vi.fn(() => 1);
  const run = collect(
    runtime.io.stream(['a', 'b', 'c', 'd'], (_, { signal }) => toldToStop(signal), {
      concurrency: 1,
      maxInFlightBytes: 1,
      weight,
    }),
  );
  await vi.advanceTimersByTimeAsync(500);
  expect(await run).toEqual([
    { status: 'rejected', index: 0, item: 'a', reason: expect.any(DeadlineExceededError) },
    { status: 'skipped', index: 1, item: 'b', reason: 'deadline' },
    { status: 'skipped', index: 2, item: 'c', reason: 'deadline' },
    { status: 'skipped', index: 3, item: 'd', reason: 'deadline' },
  ]);
  expect(weight).toHaveBeenCalledTimes(1);
  expect(runtime.statistics.io).toMatchObject({ rejectedCount: 1, skippedCount: 3 });
});

test.each([true, false])(
  'io.stream() throws at the deadline after the outcomes of what an iterator gave (preserveOrder: %s)',
  async (preserveOrder) => {
    const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
    const seen: string[] = [];
    function* endless() {
      let count = 0;
      while (true) yield count++;
    }
    const run = (async () => {
      const task = (item: number, { signal }: { signal: AbortSignal }) => (item === 0 ? gate().passed : toldToStop(signal));
      for await (const outcome of runtime.io.stream(endless(), task, { concurrency: 2, preserveOrder })) {
        seen.push(`${outcome.item} ${outcome.status} ${outcome.status === 'rejected' ? (outcome.reason as Error).name : ''}`);
      }
    })();
    const failed = expect(run).rejects.toBeInstanceOf(DeadlineExceededError);
    await vi.advanceTimersByTimeAsync(750);
    await failed;
    const expected = ['0 rejected TaskAbandonedError', '1 rejected DeadlineExceededError'];
    expect(seen).toEqual(preserveOrder ? expected : expected.reverse());
  },
);

test('io.stream() does not throw at the deadline where the iterator had ended before', async () => {
  const runtime = createParallel({ deadlineMarginMs: 500 }, countdown(1000));
  const run = collect(runtime.io.stream([1, 2].values(), (_, { signal }) => toldToStop(signal), { concurrency: 3 }));
  await vi.advanceTimersByTimeAsync(500);
  expect(await run).toHaveLength(2);
});
