import { getEventListeners } from 'node:events';
import { createParallel, type Io, type IoMapOptions, TaskAbandonedError } from 'lambda-parallel';
import { expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { gate } from '../helpers/gate.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

type Call = (io: Io, task: (item: number) => unknown, options: IoMapOptions<number>, items?: number[]) => Promise<unknown>;

const calls: [string, Call][] = [
  ['map', (io, task, options, items = [1, 2, 3]) => io.map(items, task, options)],
  ['mapSettled', (io, task, options, items = [1, 2, 3]) => io.mapSettled(items, task, options)],
  ['stream', (io, task, options, items = [1, 2, 3]) => collect(io.stream(items, task, options))],
];

test.each(calls)('io.%s() starts and pulls nothing when the signal is aborted already', async (name, call) => {
  await using runtime = createParallel();
  const signal = AbortSignal.abort('enough');
  const task = vi.fn();
  const run = call(runtime.io, task, { signal });
  if (name === 'map') await expect(run).rejects.toBe('enough');
  else await run;
  const pulled = vi.fn();
  function* source() {
    pulled();
    yield 1;
  }
  const result = await runtime.io.mapSettled(source(), task, { signal });
  expect(result).toMatchObject({ outcomes: [], completionReason: 'aborted', isInputExhausted: false });
  await expect(runtime.io.map(source(), task, { signal })).rejects.toBe('enough');
  await expect(runtime.io.stream(source(), task, { signal }).next()).rejects.toBe('enough');
  expect(pulled).not.toHaveBeenCalled();
  expect(task).not.toHaveBeenCalled();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test.each(calls)('io.%s() leaves no listener on the signal, however it ends', async (_, call) => {
  await using runtime = createParallel();
  const caller = new AbortController();
  const options = { signal: caller.signal, concurrency: 2 };
  const door = gate();
  const run = call(runtime.io, () => door.passed, options);
  await turn();
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
  door.open();
  await run;
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);

  await call(runtime.io, () => Promise.reject('failed'), options).catch(() => undefined);
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);

  const stopped = call(runtime.io, () => toldToStop(caller.signal), options).catch(() => undefined);
  await turn();
  caller.abort('enough');
  await stopped;
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
});

test('io.mapSettled() ends when the signal aborts midway: told, skipped, and with the reason of the caller', async () => {
  await using runtime = createParallel();
  const caller = new AbortController();
  const reason = new Error('enough');
  const run = runtime.io.mapSettled([1, 2, 3], (item, { signal }) => (item === 1 ? item : toldToStop(signal)), {
    signal: caller.signal,
    concurrency: 1,
  });
  await turn();
  caller.abort(reason);
  expect(await run).toMatchObject({
    outcomes: [
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason },
      { status: 'skipped', reason: 'aborted' },
    ],
    completionReason: 'aborted',
  });
});

test('io.mapSettled() has the reason of the caller as cause of what it abandons', async () => {
  vi.useFakeTimers();
  try {
    const runtime = createParallel({ deadlineMarginMs: 100 });
    const caller = new AbortController();
    const run = runtime.io.mapSettled([1], () => gate().passed, { signal: caller.signal });
    await vi.advanceTimersByTimeAsync(1000);
    caller.abort('enough');
    await vi.advanceTimersByTimeAsync(50);
    const [outcome] = (await run).rejected;
    expect(outcome?.reason).toBeInstanceOf(TaskAbandonedError);
    expect(outcome?.reason).toMatchObject({ cause: 'enough' });
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('io.map() rejects with the reason of the signal at once when it aborts midway, even null', async () => {
  await using runtime = createParallel({ deadlineMarginMs: 0 });
  for (const reason of [new Error('enough'), null]) {
    const caller = new AbortController();
    const run = runtime.io.map([1], () => gate().passed, { signal: caller.signal });
    await turn();
    caller.abort(reason);
    await expect(run).rejects.toBe(reason);
  }
});

test('io.mapSettled() stops when a task aborts the signal of the caller itself', async () => {
  await using runtime = createParallel();
  const caller = new AbortController();
  const task = vi.fn((item: number) => {
    if (item === 2) caller.abort();
    return item;
  });
  const result = await runtime.io.mapSettled([1, 2, 3, 4], task, { signal: caller.signal, concurrency: 1 });
  expect(result).toMatchObject({ values: [1, 2], skippedCount: 2, completionReason: 'aborted' });
  expect(task).toHaveBeenCalledTimes(2);
});

test('io.mapSettled() stops when the source aborts the signal while it is being read', async () => {
  await using runtime = createParallel();
  const caller = new AbortController();
  function* source() {
    yield 1;
    caller.abort();
    yield 2;
    yield 3;
  }
  const result = await runtime.io.mapSettled(source(), (item) => item, { signal: caller.signal, concurrency: 1 });
  expect(result).toMatchObject({ values: [1], skippedCount: 1, completionReason: 'aborted', isInputExhausted: false });
});
