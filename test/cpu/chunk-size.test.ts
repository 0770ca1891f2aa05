import { createParallel, type ParallelRuntime } from 'lambda-parallel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { begunCounts, step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';
import type { Step, Stepped } from './workers/step.worker.ts';

let oneThread: ParallelRuntime;
let twoThreads: ParallelRuntime;
// Threads of its own for each test: what one does to them is not the next one's.
beforeEach(() => {
  oneThread = createParallel({ workers: [step], maxThreads: 1 });
  twoThreads = createParallel({ workers: [step], maxThreads: 2 });
});
afterEach(() => Promise.all([oneThread[Symbol.asyncDispose](), twoThreads[Symbol.asyncDispose]()]));

/** The steps of each chunk, by their ids, in the order in which the chunks were begun by their thread. */
function chunksOf(stepped: readonly Stepped[]): number[][] {
  const chunks = new Map<string, number[]>();
  for (const { id, threadId, chunk } of stepped) {
    const key = `${threadId} ${chunk}`;
    chunks.set(key, [...(chunks.get(key) ?? []), id]);
  }
  return [...chunks.values()];
}

const sizesOf = (stepped: readonly Stepped[]): number[] => chunksOf(stepped).map((ids) => ids.length);

const last = (ids: readonly number[]): number | undefined => ids.at(-1);

test("chunk: 'auto' ramps up from one item, and hands over thousands in few chunks", async () => {
  const { cpu } = oneThread;
  const { chunkCount } = cpu.statistics;
  const sizes = sizesOf(await cpu.map(steps(20_000), step));
  expect(sizes[0]).toBe(1);
  for (const [index, size] of sizes.entries()) {
    expect(size).toBeLessThanOrEqual(8 * Math.max(...sizes.slice(0, index), 1));
  }
  expect(Math.max(...sizes)).toBeGreaterThan(100);
  expect(sizes.length).toBeLessThan(1000);
  expect(cpu.statistics.chunkCount - chunkCount).toBe(sizes.length);
});

test("chunk: 'auto' starts from one again with each call", async () => {
  const { cpu } = oneThread;
  await cpu.map(steps(5000), step);
  expect(sizesOf(await cpu.map(steps(1000), step))[0]).toBe(1);
});

test("chunk: 'auto' hands items over one by one where each takes longer than a chunk is to take", async () => {
  const { cpu } = twoThreads;
  expect(
    sizesOf(
      await cpu.map(
        steps(12, () => ({ busyMs: 12 })),
        step,
      ),
    ),
  ).toEqual(new Array(12).fill(1));
});

test("chunk: 'auto' hands a chunk back after its first item where that takes ten times what was expected", async () => {
  const { cpu } = twoThreads;
  const isCheap = (id: number): boolean => id < 3000;
  const stepped = await cpu.map(
    steps(3020, (id) => (isCheap(id) ? {} : { busyMs: 15 })),
    step,
  );
  const chunks = chunksOf(stepped);
  // Sorted by cost, the expensive ones would have come in one chunk that was measured with the cheap ones.
  expect(chunks.find((ids) => ids.length > 100)).toBeDefined();
  for (const ids of chunks) expect(ids.slice(0, -1).every(isCheap), `chunk with ${last(ids)}`).toBe(true);
  const expensive = stepped.filter(({ id }) => !isCheap(id));
  expect(new Set(expensive.map(({ threadId }) => threadId)).size).toBe(2);
});

test("chunk: 'auto' lets the other thread do everything else while one is held by an item", async () => {
  const { cpu } = twoThreads;
  const [door] = threadGates(1);
  const { memory, counts } = begunCounts(2000);
  const stream = cpu.stream(
    steps(2000, (id) => ({ begun: memory, gate: id === 0 ? door?.memory : undefined })),
    step,
    { preserveOrder: false, backpressure: 10_000 },
  );
  const others: number[] = [];
  while (others.length < 1999) {
    const { value } = await stream.next();
    if (value?.status === 'fulfilled') others.push(value.index);
  }
  expect(others).not.toContain(0);
  door?.open();
  expect((await collect(stream)).map(({ index }) => index)).toEqual([0]);
  expect(counts.every((count) => count === 1)).toBe(true);
});

test("chunk: 'auto' makes the last chunks of an array smaller, so that no thread waits long for another", async () => {
  const { cpu } = twoThreads;
  const stepped = await cpu.map(
    steps(4000, () => ({ busyMs: 0.02 })),
    step,
  );
  const chunks = chunksOf(stepped);
  const largest = Math.max(...chunks.map((ids) => ids.length));
  const final = chunks.find((ids) => ids.includes(3999)) ?? [];
  expect(largest).toBeGreaterThan(20);
  expect(final.length).toBeLessThan(largest / 2);
});

test.each<[number, number, number[]]>([
  [10, 1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  [10, 3, [3, 3, 3, 1]],
  [10, 5, [5, 5]],
  [10, 10, [10]],
  [10, 1000, [10]],
  [1, 3, [1]],
  [3000, 1000, [1000, 1000, 1000]],
])('%d items with chunk: %d are handed over as %j', async (count, chunk, sizes) => {
  for (const { cpu } of [oneThread, twoThreads]) {
    const before = cpu.statistics.chunkCount;
    const stepped = await cpu.map(steps(count), step, { chunk });
    expect(stepped.map(({ id }) => id)).toEqual(steps(count).map(({ id }) => id));
    expect(sizesOf(stepped).sort((a, b) => b - a)).toEqual(sizes);
    expect(cpu.statistics.chunkCount - before).toBe(sizes.length);
  }
});

test.each<[string, (items: Step[]) => Iterable<Step>]>([
  ['a generator', (items) => items.values()],
  ['a Set', (items) => new Set(items)],
])('chunk: n is exact for %s too', async (_, items) => {
  expect(sizesOf(await oneThread.cpu.map(items(steps(10)), step, { chunk: 4 }))).toEqual([4, 4, 2]);
});

test('chunk: n is not handed back, however long its items take', async () => {
  const sizes = sizesOf(
    await oneThread.cpu.map(
      steps(6, () => ({ busyMs: 12 })),
      step,
      { chunk: 3 },
    ),
  );
  expect(sizes).toEqual([3, 3]);
});

test.each([1, 2, 3])('a long run leaves the threads to a short one in its turn, with %d threads', async (maxThreads) => {
  await using runtime = createParallel({ workers: [step], maxThreads });
  const { cpu } = runtime;
  const gates = threadGates(12 * maxThreads);
  const long = cpu.mapSettled(
    steps(gates.length, (id) => ({ gate: gates[id]?.memory })),
    step,
    { chunk: 1 },
  );
  await arrivedAt(gates, maxThreads);
  let isShortDone = false;
  const short = cpu.mapSettled(steps(2), step, { chunk: 1 }).finally(() => {
    isShortDone = true;
  });
  const opened = new Set<number>();
  while (!isShortDone && opened.size < gates.length - maxThreads) {
    const next = gates.findIndex(({ arrivedCount }, index) => arrivedCount > 0 && !opened.has(index));
    opened.add(next);
    gates[next]?.open();
    await Promise.race([short, arrivedAt(gates, opened.size + maxThreads)]);
  }
  // First what the long run has in threads and in line, then one chunk of each in turn.
  expect(opened.size).toBeLessThanOrEqual(2 * maxThreads + 3);
  for (const gate of gates) gate.open();
  expect(await Promise.all([short, long])).toMatchObject([{ fulfilledCount: 2 }, { fulfilledCount: gates.length }]);
});
