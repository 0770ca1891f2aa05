import { Worker } from 'node:worker_threads';
import { createParallel, type ParallelRuntime, TaskTimeoutError, workerRef } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { begunCounts, endsOf, step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';
import type { Ending, Step } from './workers/step.worker.ts';

let oneThread: ParallelRuntime;
let twoThreads: ParallelRuntime;
// Threads of its own for each test: what one does to them is not the next one's.
beforeEach(() => {
  oneThread = createParallel({ workers: [step], maxThreads: 1 });
  twoThreads = createParallel({ workers: [step], maxThreads: 2 });
});
afterEach(() => Promise.all([oneThread[Symbol.asyncDispose](), twoThreads[Symbol.asyncDispose]()]));

const hangs: Ending[] = ['hang', 'never'];
const timeoutMs = 60;

const costing = (count: number, culprits: readonly number[]): string[] =>
  steps(count).map(({ id }) => (culprits.includes(id) ? 'TaskTimeoutError' : 'fulfilled'));

describe.each(hangs)('an item that does not end, by "%s"', (ending) => {
  const stepsWith = (count: number, culprits: readonly number[], more: Partial<Step> = {}): Step[] =>
    steps(count, (id) => ({ ...more, ending: culprits.includes(id) ? ending : undefined }));

  test('makes cpu.run() reject, and its thread is replaced', async () => {
    const { cpu } = oneThread;
    const { threadId } = await cpu.run(step, { id: 0 });
    const error = await rejectionOf(cpu.run(step, { id: 0, ending }, { timeoutMs }));
    expect(error).toBeInstanceOf(TaskTimeoutError);
    expect(error).toMatchObject({ code: 'ERR_PARALLEL_TASK_TIMEOUT' });
    expect(error.message).toContain(`timeoutMs, ${timeoutMs} ms`);
    expect((await cpu.run(step, { id: 0 })).threadId).not.toBe(threadId);
    expect(cpu.statistics.runningCount).toBe(0);
  });

  test('costs itself, and no other item of its chunk', async () => {
    const { memory, counts } = begunCounts(7);
    const { outcomes, completionReason } = await oneThread.cpu.mapSettled(stepsWith(7, [2, 5], { begun: memory }), step, {
      chunk: 7,
      timeoutMs,
    });
    expect(endsOf(outcomes)).toEqual(costing(7, [2, 5]));
    expect(completionReason).toBe('all-settled');
    expect([counts[2], counts[5]]).toEqual([1, 1]);
  });

  test('costs itself where all threads have one at once, with more in line', async () => {
    const items = stepsWith(12, [0, 1, 10, 11]);
    for (const chunk of ['auto', 1, 3] as const) {
      expect(endsOf((await twoThreads.cpu.mapSettled(items, step, { chunk, timeoutMs })).outcomes)).toEqual(
        costing(12, [0, 1, 10, 11]),
      );
    }
  });
});

test('a timeout costs a stream the one item, and makes cpu.map() reject', async () => {
  const items = steps(6, (id) => ({ ending: id === 3 ? 'hang' : undefined }));
  const outcomes = await collect(oneThread.cpu.stream(items, step, { chunk: 2, timeoutMs }));
  expect(outcomes.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(endsOf(outcomes)).toEqual(costing(6, [3]));
  await expect(oneThread.cpu.map(items, step, { chunk: 2, timeoutMs })).rejects.toBeInstanceOf(TaskTimeoutError);
});

test('a timeout is that of one item: many that end in time may take longer together', async () => {
  const { threadId } = await oneThread.cpu.run(step, { id: 0 });
  const items = steps(12, () => ({ busyMs: 20 }));
  const values = await oneThread.cpu.map(items, step, { chunk: 12, timeoutMs: 100 });
  expect(new Set(values.map((value) => value.threadId))).toEqual(new Set([threadId]));
});

test('a timeout does not count the time that an item waits for its thread', async () => {
  const { cpu } = oneThread;
  const [door] = threadGates(1);
  const first = cpu.run(step, { id: 0, gate: door?.memory });
  await door?.arrived();
  const inLine = cpu.mapSettled(steps(10), step, { timeoutMs: 20, chunk: 2 });
  const single = cpu.run(step, { id: 1 }, { timeoutMs: 20 });
  // Longer than the timeout.
  expect(await rejectionOf(twoThreads.cpu.run(step, { id: 1, ending: 'hang' }, { timeoutMs: 60 }))).toBeInstanceOf(
    TaskTimeoutError,
  );
  door?.open();
  await first;
  expect(await single).toMatchObject({ id: 1 });
  expect(endsOf((await inLine).outcomes)).toEqual(costing(10, []));
});

const loadSlowly = workerRef<typeof import('./workers/load-slowly.worker.ts')>(
  new URL('./workers/load-slowly.worker.ts', import.meta.url),
);

test('a timeout does not count the time that a thread takes to start and to load the worker file', async () => {
  await using runtime = createParallel({ workers: [loadSlowly], maxThreads: 1 });
  expect(await runtime.cpu.map([1, 2, 3], loadSlowly, { timeoutMs: 20 })).toEqual([1, 2, 3]);
});

test('a timeout still counts for an item that has waited for its thread for a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    const { cpu } = oneThread;
    const [door] = threadGates(1);
    const first = cpu.run(step, { id: 0, gate: door?.memory });
    await door?.arrived();
    let isSettled = false;
    const inLine = rejectionOf(cpu.run(step, { id: 1, ending: 'hang' }, { timeoutMs: 1000 })).finally(() => {
      isSettled = true;
    });
    await vi.advanceTimersByTimeAsync(60_000);
    door?.open();
    await first;
    while (!isSettled) {
      await vi.advanceTimersByTimeAsync(1000);
      await new Promise(setImmediate);
    }
    expect(await inLine).toBeInstanceOf(TaskTimeoutError);
  } finally {
    vi.useRealTimers();
  }
});

test('a timeout is not taken in by a clock that is set back while an item runs', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const { cpu } = oneThread;
    vi.setSystemTime(Date.now() - 1000);
    const items = steps(10, () => ({ busyMs: 20 }));
    expect(endsOf((await cpu.mapSettled(items, step, { chunk: 10, timeoutMs: 90 })).outcomes)).toEqual(costing(10, []));
  } finally {
    vi.useRealTimers();
  }
});

describe('an item that ends at the very moment at which its time is over', () => {
  const { terminate } = Worker.prototype;
  afterEach(() => {
    Worker.prototype.terminate = terminate;
  });

  /** Lets something happen between the decision to end a thread and its end. */
  function beforeTermination(happen: () => void): void {
    Worker.prototype.terminate = function (this: Worker) {
      Worker.prototype.terminate = terminate;
      happen();
      return terminate.call(this);
    };
  }

  test('is the one that pays for it, not the next in its chunk', async () => {
    const gates = threadGates(2);
    const [first, second] = gates;
    beforeTermination(() => {
      first?.open();
      // Blocks this thread until the other one has begun the next item.
      Atomics.wait(new Int32Array(second?.memory ?? new SharedArrayBuffer(8)), 0, 0, 5000);
    });
    const run = oneThread.cpu.mapSettled(
      steps(4, (id) => ({ gate: gates[id]?.memory })),
      step,
      { chunk: 4, timeoutMs },
    );
    await arrivedAt(gates, 2);
    second?.open();
    expect(endsOf((await run).outcomes)).toEqual([expect.stringMatching('fulfilled|TaskTimeoutError'), ...costing(3, [])]);
  });

  test('costs nothing that comes next in its thread', async () => {
    const [door] = threadGates(1);
    const { cpu } = oneThread;
    beforeTermination(() => {
      door?.open();
      // Time enough for the reply, which this thread does not read meanwhile.
      for (const untilMs = performance.now() + 50; performance.now() < untilMs; );
    });
    const run = cpu.mapSettled([{ id: 0, gate: door?.memory }], step, { timeoutMs });
    const single = cpu.run(step, { id: 5 });
    const others = cpu.mapSettled(steps(6), step, { chunk: 3 });
    expect(endsOf((await run).outcomes)).toEqual([expect.stringMatching('fulfilled|TaskTimeoutError')]);
    expect(await single).toMatchObject({ id: 5 });
    expect(endsOf((await others).outcomes)).toEqual(costing(6, []));
  });
});

test('timeouts leave no timer behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await twoThreads.cpu.map(steps(50), step, { timeoutMs: 10_000 });
    await twoThreads.cpu.run(step, { id: 0 }, { timeoutMs: 10_000 });
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
