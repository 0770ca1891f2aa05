import { createParallel, RunStoppedError } from 'lambda-parallel';
import { expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { gates } from '../helpers/gate.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

test('io.stream() yields each outcome with its item, in input order', async () => {
  await using runtime = createParallel();
  const doors = gates<string>(3);
  const stream = collect(runtime.io.stream(doors, (door) => door.passed));
  doors[2]?.open('c');
  await turn();
  doors[1]?.fail('b');
  await turn();
  doors[0]?.open('a');
  expect(await stream).toEqual([
    { status: 'fulfilled', index: 0, value: 'a', item: doors[0] },
    { status: 'rejected', index: 1, reason: 'b', item: doors[1] },
    { status: 'fulfilled', index: 2, value: 'c', item: doors[2] },
  ]);
  expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 2, rejectedCount: 1, skippedCount: 0, runningCount: 0 });
});

test('io.stream() yields as soon as an outcome is there with preserveOrder: false', async () => {
  await using runtime = createParallel();
  const doors = gates(3);
  const stream = runtime.io.stream(doors, (door) => door.passed, { preserveOrder: false });
  for (const index of [2, 0, 1]) {
    const next = stream.next();
    await turn();
    doors[index]?.open();
    expect((await next).value).toMatchObject({ index, status: 'fulfilled' });
  }
  expect((await stream.next()).done).toBe(true);
});

test('io.stream() starts nothing before it is read', async () => {
  await using runtime = createParallel();
  const task = vi.fn();
  runtime.io.stream([1, 2, 3], task);
  await turn();
  expect(task).not.toHaveBeenCalled();
});

test.each([true, false])(
  'io.stream() goes no further than backpressure ahead of the consumer (preserveOrder: %s)',
  async (preserveOrder) => {
    await using runtime = createParallel();
    let pulled = 0;
    let started = 0;
    function* source() {
      for (; pulled < 20; ) yield pulled++;
    }
    const stream = runtime.io.stream(
      source(),
      () => {
        started += 1;
      },
      { concurrency: 2, backpressure: 5, preserveOrder },
    );
    for (let consumed = 1; consumed <= 10; consumed += 1) {
      await stream.next();
      for (let turns = 0; turns < 10; turns += 1) await turn();
      expect(started).toBe(consumed + 5);
      expect(pulled).toBe(consumed + 5);
    }
    await stream.return();
  },
);

test('io.stream() stops pulling and tells its tasks when the consumer leaves the loop', async () => {
  await using runtime = createParallel();
  const told: unknown[] = [];
  let pulled = 0;
  let closed = 0;
  function* source() {
    try {
      while (true) yield pulled++;
    } finally {
      closed += 1;
    }
  }
  const task = async (item: number, { signal }: { signal: AbortSignal }) => {
    if (item > 0) await toldToStop(signal).catch((reason) => told.push(reason));
  };
  for await (const { index } of runtime.io.stream(source(), task, { concurrency: 3 })) {
    expect(index).toBe(0);
    await turn();
    break;
  }
  await turn();
  const pulledAtBreak = pulled;
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(told[0]).toBeInstanceOf(RunStoppedError);
  expect(told[0]).toMatchObject({ message: 'Stopped: the consumer of io.stream left the loop' });
  await turn();
  expect(pulled).toBe(pulledAtBreak);
  expect(closed).toBe(1);
  expect(runtime.statistics.io.runningCount).toBe(0);
});

test('io.stream() tells its tasks when the consumer throws inside the loop', async () => {
  await using runtime = createParallel();
  const signals: AbortSignal[] = [];
  const consume = async () => {
    const task = (item: number, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return item === 1 ? item : toldToStop(signal);
    };
    for await (const _ of runtime.io.stream([1, 2], task)) throw new Error('consumer');
  };
  await expect(consume()).rejects.toThrow('consumer');
  expect(signals[0]?.aborted).toBe(true);
});

test('io.stream() leaves no timer when the consumer leaves while tasks run that ignore their signal', async () => {
  vi.useFakeTimers();
  try {
    const runtime = createParallel({}, { getRemainingTimeInMillis: () => 10_000 });
    const doors = gates(2);
    doors[0]?.open();
    for await (const _ of runtime.io.stream(doors, (door) => door.passed, { timeoutMs: 5000 })) break;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('io.stream() that is left while a read is pending tells its tasks at once, and ends', async () => {
  await using runtime = createParallel();
  const told: unknown[] = [];
  const stream = runtime.io.stream([1, 2], async (_item, { signal }) => {
    await toldToStop(signal).catch((reason) => told.push(reason));
  });
  const pending = stream.next();
  await turn();
  await stream.return();
  await pending;
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ message: 'Stopped: the consumer of io.stream left the loop' });
});

test('io.stream() does not abort the signal of its tasks when it is read to its end', async () => {
  await using runtime = createParallel();
  const signals: AbortSignal[] = [];
  for await (const _ of runtime.io.stream([1, 2], (_item, { signal }) => signals.push(signal)));
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
});

test('io.stream() gives what a long array still held at the deadline its outcomes, without running it through p-map', async () => {
  let remainingMs = 10_000;
  vi.useFakeTimers();
  try {
    await using runtime = createParallel({ concurrency: 1 }, { getRemainingTimeInMillis: () => remainingMs });
    const items = Array.from({ length: 50_000 }, (_, index) => index);
    const outcomes: { index: number; status: string; item: number }[] = [];
    for await (const outcome of runtime.io.stream(items, (item) => item)) {
      outcomes.push(outcome);
      if (outcome.index === 2) vi.setSystemTime(Date.now() + 10_000);
      remainingMs = 0;
    }
    expect(outcomes.map(({ index }) => index)).toEqual(items);
    expect(outcomes.map(({ item }) => item)).toEqual(items);
    expect(outcomes.filter(({ status }) => status === 'skipped').length).toBeGreaterThan(49_900);
    expect(runtime.statistics.io.skippedCount).toBe(outcomes.filter(({ status }) => status === 'skipped').length);
  } finally {
    vi.useRealTimers();
  }
});
