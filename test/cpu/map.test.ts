import { createParallel, workerRef } from 'lambda-parallel';
import { afterAll, describe, expect, test } from 'vitest';
import { begunCounts, step, steps } from '../helpers/steps.ts';
import { threadGates } from '../helpers/thread-gate.ts';
import type { Step } from './workers/step.worker.ts';

const double = workerRef<typeof import('./workers/double.worker.ts')>(new URL('./workers/double.worker.ts', import.meta.url));
const echo = workerRef<typeof import('./workers/echo.worker.ts')>(new URL('./workers/echo.worker.ts', import.meta.url));

const runtime = createParallel({ workers: [step, double, echo], maxThreads: 2 });
const { cpu } = runtime;
afterAll(() => runtime[Symbol.asyncDispose]());

const chunks = ['auto', 1, 3, 100] as const;

test.each(chunks)('cpu.map() returns the values in input order, whichever comes first (chunk: %s)', async (chunk) => {
  const gates = threadGates(2);
  const run = cpu.map(
    steps(30, (id) => ({ gate: id === 0 ? gates[0]?.memory : undefined })),
    step,
    { chunk },
  );
  await gates[0]?.arrived();
  gates[0]?.open();
  expect((await run).map(({ id }) => id)).toEqual(steps(30).map(({ id }) => id));
});

test.each(chunks)('cpu.map() takes and returns undefined, null and what is equal to false (chunk: %s)', async (chunk) => {
  const items = [undefined, null, 0, -0, '', false, Number.NaN, 0n];
  expect(await cpu.map(items, echo, { chunk })).toEqual(items);
});

test('cpu.map() takes the entries of a Map', async () => {
  const sizes = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  expect(await cpu.map(sizes, echo)).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});

test.each(chunks)(
  'cpu.map() waits for workers that are asynchronous, one item of a thread after the other (chunk: %s)',
  async (chunk) => {
    const { memory, counts } = begunCounts(30);
    const values = await cpu.map(
      steps(30, () => ({ begun: memory, ending: 'later' })),
      step,
      { chunk },
    );
    expect(values.map(({ id }) => id)).toEqual(steps(30).map(({ id }) => id));
    expect([...counts]).toEqual(new Array(30).fill(1));
  },
);

test('cpu.map() counts what it did', async () => {
  await using own = createParallel({ workers: [double], maxThreads: 2 });
  await own.cpu.map([1, 2, 3, 4], double, { chunk: 2 });
  expect(own.statistics.cpu).toMatchObject({
    fulfilledCount: 4,
    rejectedCount: 0,
    skippedCount: 0,
    runningCount: 0,
    chunkCount: 2,
    threadCount: 2,
  });
  expect(own.statistics.cpu.peakRunningCount).toBeLessThanOrEqual(2);
  expect(own.statistics.cpu).toBe(own.cpu.statistics);
});

test('cpu.map() of nothing hands nothing over', async () => {
  const { chunkCount } = cpu.statistics;
  expect(await cpu.map([], double)).toEqual([]);
  expect(cpu.statistics.chunkCount).toBe(chunkCount);
});

describe('cpu.map() when an item fails', () => {
  test.each(chunks)('rejects with what it threw (chunk: %s)', async (chunk) => {
    const items = steps(10, (id) => ({ ending: id === 4 ? 'throw' : undefined }));
    await expect(cpu.map(items, step, { chunk })).rejects.toThrow(new RangeError('step 4 failed'));
  });

  test('rejects at once, without waiting for the other thread', async () => {
    const [door] = threadGates(1);
    const items: Step[] = [
      { id: 0, gate: door?.memory },
      { id: 1, ending: 'throw' },
    ];
    const rejected = expect(cpu.map(items, step, { chunk: 1 })).rejects.toThrow(new RangeError('step 1 failed'));
    await door?.arrived();
    await rejected;
    expect(cpu.statistics.runningCount).toBeGreaterThan(0);
    door?.open();
  });

  test('rejects with the first failure', async () => {
    const gates = threadGates(2);
    const run = cpu.map(
      steps(2, (id) => ({ gate: gates[id]?.memory, ending: 'throw' })),
      step,
      { chunk: 1 },
    );
    await Promise.all(gates.map((gate) => gate.arrived()));
    gates[1]?.open();
    await expect(run).rejects.toThrow(new RangeError('step 1 failed'));
    gates[0]?.open();
  });

  test('begins nothing more than the item that runs', async () => {
    const { memory, counts } = begunCounts(1000);
    const [door] = threadGates(1);
    const items = steps(1000, (id) => ({
      begun: memory,
      gate: id === 0 ? door?.memory : undefined,
      ending: id === 10 ? 'throw' : undefined,
    }));
    await expect(cpu.map(items, step, { chunk: 10 })).rejects.toThrow('step 10 failed');
    door?.open();
    // When these are through, both threads have come to the end of what they were handed.
    await Promise.all(Array.from({ length: 4 }, () => cpu.run(double, 1)));
    expect([...counts.subarray(0, 10)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // Two chunks run, and two are next in line.
    expect(Math.max(...counts.subarray(40))).toBe(0);
  });

  test('closes its iterator', async () => {
    let isClosed = false;
    function* items() {
      try {
        for (let id = 0; ; id += 1) yield { id, ending: id === 5 ? ('throw' as const) : undefined };
      } finally {
        isClosed = true;
      }
    }
    await expect(cpu.map(items(), step)).rejects.toThrow('step 5 failed');
    expect(isClosed).toBe(true);
  });
});
