import { threadId } from 'node:worker_threads';
import { createParallel, workerRef } from 'lambda-parallel';
import { afterAll, expect, test } from 'vitest';
import { begunCounts, step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';
import { turn } from '../helpers/turn.ts';

const double = workerRef<typeof import('./workers/double.worker.ts')>(new URL('./workers/double.worker.ts', import.meta.url));
const echo = workerRef<typeof import('./workers/echo.worker.ts')>(new URL('./workers/echo.worker.ts', import.meta.url));

const runtime = createParallel({ workers: [step, double, echo], maxThreads: 2 });
const { io, cpu } = runtime;
afterAll(() => runtime[Symbol.asyncDispose]());

test('cpu.run() returns what the worker does, in another thread', async () => {
  expect(await cpu.run(double, 21)).toBe(42);
  const { threadId: workerThreadId } = await cpu.run(step, { id: 0 });
  expect(workerThreadId).toBeGreaterThan(0);
  expect(workerThreadId).not.toBe(threadId);
});

test.each([undefined, null, 0, '', Number.NaN, 10n])('cpu.run() takes and returns %o', async (value) => {
  expect(await cpu.run(echo, value)).toBe(value);
});

test('cpu.run() waits for a worker that is asynchronous', async () => {
  expect(await cpu.run(step, { id: 3, ending: 'later' })).toMatchObject({ id: 3 });
});

test('cpu.run() rejects with what the worker throws, and the next call is served', async () => {
  const { rejectedCount } = runtime.statistics.cpu;
  await expect(cpu.run(step, { id: 5, ending: 'throw' })).rejects.toThrow(new RangeError('step 5 failed'));
  expect(runtime.statistics.cpu.rejectedCount).toBe(rejectedCount + 1);
  expect(await cpu.run(double, 1)).toBe(2);
});

test('cpu.run() runs as many at once as there are threads, and the others as threads become free', async () => {
  const gates = threadGates(4);
  const runs = gates.map((gate, id) => cpu.run(step, { id, gate: gate.memory }));
  await Promise.all(gates.slice(0, 2).map((gate) => gate.arrived()));
  await turn();
  expect(gates.map((gate) => gate.arrivedCount)).toEqual([1, 1, 0, 0]);
  expect(runtime.statistics.cpu.runningCount).toBeGreaterThanOrEqual(2);
  gates[1]?.open();
  await gates[2]?.arrived();
  expect(gates.map((gate) => gate.arrivedCount)).toEqual([1, 1, 1, 0]);
  for (const gate of gates) gate.open();
  expect((await Promise.all(runs)).map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  expect(runtime.statistics.cpu).toMatchObject({ threadCount: 2, runningCount: 0 });
});

test('cpu.run() answers a thousand calls at once, each with its own', async () => {
  const { fulfilledCount } = runtime.statistics.cpu;
  const items = Array.from({ length: 1000 }, (_, index) => index);
  expect(await Promise.all(items.map((item) => cpu.run(double, item)))).toEqual(items.map((item) => item * 2));
  expect(runtime.statistics.cpu.fulfilledCount).toBe(fulfilledCount + 1000);
});

test('cpu.run() inside tasks of io.mapSettled() keeps the threads busy, and each outcome is that of its item', async () => {
  const { memory, counts } = begunCounts(40);
  const result = await io.mapSettled(
    steps(40, (id) => ({ begun: memory, ending: id % 10 === 3 ? 'throw' : 'later' })),
    async (input, { signal }) => {
      await turn();
      const { id } = await cpu.run(step, input, { signal });
      return await cpu.run(double, id, { signal });
    },
  );
  expect(result.rejected.map(({ index, reason }) => [index, (reason as Error).message])).toEqual(
    [3, 13, 23, 33].map((index) => [index, `step ${index} failed`]),
  );
  expect(result.values).toEqual(steps(40).flatMap(({ id }) => (id % 10 === 3 ? [] : [id * 2])));
  expect([...counts]).toEqual(new Array(40).fill(1));
});

test.each([1, 2, 3, 4, 5])('cpu.run() begins calls in the order in which they were made, with %d threads', async (maxThreads) => {
  await using own = createParallel({ workers: [step], maxThreads });
  const gates = threadGates(maxThreads * 6);
  const runs = Promise.allSettled(gates.map((gate, id) => own.cpu.run(step, { id, gate: gate.memory })));
  for (let begunCount = maxThreads; begunCount <= gates.length; begunCount += 1) {
    expect(await arrivedAt(gates, begunCount)).toEqual(steps(begunCount).map(({ id }) => id));
    gates[begunCount - maxThreads]?.open();
  }
  for (const gate of gates) gate.open();
  expect((await runs).map(({ status }) => status)).toEqual(gates.map(() => 'fulfilled'));
});
