import { createParallel, InvocationEndedError, type StreamOutcome, workerRef } from 'lambda-parallel';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { begunCounts, endsOf, step, steps } from '../helpers/steps.ts';
import { threadGates } from '../helpers/thread-gate.ts';
import { turn } from '../helpers/turn.ts';
import type { Step, Stepped } from './workers/step.worker.ts';

const double = workerRef<typeof import('./workers/double.worker.ts')>(new URL('./workers/double.worker.ts', import.meta.url));

const oneThread = createParallel({ workers: [step, double], maxThreads: 1, deadlineMarginMs: 200 });
const runtime = createParallel({ workers: [step, double], maxThreads: 2, deadlineMarginMs: 200 });
const { cpu } = runtime;
afterAll(() => Promise.all([oneThread[Symbol.asyncDispose](), runtime[Symbol.asyncDispose]()]));

const chunks = ['auto', 1, 4, 100] as const;

const indexesOf = (outcomes: readonly { index: number }[]): number[] => outcomes.map(({ index }) => index);
const upTo = (count: number): number[] => indexesOf(steps(count).map(({ id }) => ({ index: id })));

/** Lets everything come that is on its way: threads answer what they were handed. */
async function settle(): Promise<void> {
  await cpu.map([1, 2, 3, 4], double, { chunk: 1 });
  await turn();
}

describe.each(chunks)('cpu.stream() with chunk: %s', (chunk) => {
  test('yields each outcome with its item, in input order, whatever fails', async () => {
    const items = steps(31, (id) => ({ ending: id % 3 === 2 ? 'throw' : undefined }));
    const outcomes = await collect(cpu.stream(items, step, { chunk }));
    expect(outcomes).toEqual(
      items.map((item) =>
        item.ending === 'throw'
          ? { status: 'rejected', index: item.id, reason: new RangeError(`step ${item.id} failed`), item }
          : { status: 'fulfilled', index: item.id, value: expect.objectContaining({ id: item.id }), item },
      ),
    );
    for (const { item, index } of outcomes) expect(item).toBe(items[index]);
  });

  test('yields each outcome once with preserveOrder: false', async () => {
    const items = steps(300);
    const outcomes = await collect(cpu.stream(items.values(), step, { chunk, preserveOrder: false }));
    for (const { item, index } of outcomes) expect(item).toBe(items[index]);
    expect(indexesOf(outcomes).sort((a, b) => a - b)).toEqual(upTo(300));
  });

  test.each([1, 2, 3, 10])('reads at most backpressure: %d ahead of its consumer', async (backpressure) => {
    let pulledCount = 0;
    function* items(): Generator<number> {
      for (; pulledCount < 60; ) yield pulledCount++;
    }
    const stream = cpu.stream(items(), double, { chunk, backpressure });
    for (let consumed = 1; consumed <= 30; consumed += 1) {
      expect((await stream.next()).value).toMatchObject({ index: consumed - 1 });
      await settle();
      expect(pulledCount).toBeLessThanOrEqual(consumed + backpressure);
      expect(pulledCount).toBeGreaterThan(consumed);
    }
    await stream.return();
  });
});

test('cpu.stream() yields what is there with preserveOrder: false, and waits for its turn without', async () => {
  const [first, second] = threadGates(2);
  const items: Step[] = [{ id: 0, gate: first?.memory }, { id: 1 }, { id: 2, gate: second?.memory }, { id: 3 }];
  const unordered = cpu.stream(items, step, { chunk: 1, preserveOrder: false });
  expect((await unordered.next()).value).toMatchObject({ index: 1 });
  first?.open();
  expect((await unordered.next()).value).toMatchObject({ index: 0 });
  second?.open();
  expect(indexesOf(await collect(unordered)).sort()).toEqual([2, 3]);
  expect(indexesOf(await collect(cpu.stream(items, step, { chunk: 1 })))).toEqual([0, 1, 2, 3]);
});

test('cpu.stream() begins nothing before it is read', async () => {
  const { memory, counts } = begunCounts(3);
  const stream = cpu.stream(
    steps(3, () => ({ begun: memory })),
    step,
  );
  await settle();
  expect([...counts]).toEqual([0, 0, 0]);
  expect(await collect(stream)).toHaveLength(3);
});

test('cpu.stream() takes reads that do not wait for each other', async () => {
  const stream = cpu.stream([1, 2, 3], double);
  const reads = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
  expect(reads.map(({ value }) => value?.index)).toEqual([0, 1, 2, undefined]);
});

test('cpu.stream() keeps the chunks full while a slow consumer makes it wait', async () => {
  const { chunkCount } = cpu.statistics;
  for await (const { index } of cpu.stream(steps(2000), step, { chunk: 50, backpressure: 200 })) {
    if (index % 10 === 0) await turn();
  }
  // 40, were every chunk full.
  expect(cpu.statistics.chunkCount - chunkCount).toBeLessThanOrEqual(90);
});

test('cpu.stream() counts what it yields', async () => {
  const before = { ...cpu.statistics };
  const caller = new AbortController();
  const ends: string[] = [];
  for await (const { status } of cpu.stream(steps(50), step, { signal: caller.signal, chunk: 5, backpressure: 10 })) {
    ends.push(status);
    if (ends.length === 20) caller.abort();
  }
  await settle();
  const { fulfilledCount, skippedCount, rejectedCount, runningCount } = cpu.statistics;
  expect(ends).toHaveLength(50);
  expect(fulfilledCount - before.fulfilledCount).toBe(4 + ends.filter((status) => status === 'fulfilled').length);
  expect(skippedCount - before.skippedCount).toBe(ends.filter((status) => status === 'skipped').length);
  expect(rejectedCount - before.rejectedCount).toBe(0);
  expect(runningCount).toBe(0);
});

describe('cpu.stream() that is left', () => {
  test('by a consumer that breaks off: begins nothing more, and closes the iterator', async () => {
    const { memory, counts } = begunCounts(10_000);
    let isClosed = false;
    function* items(): Generator<Step> {
      try {
        for (let id = 0; ; id += 1) yield { id, begun: memory };
      } finally {
        isClosed = true;
      }
    }
    for await (const { index } of cpu.stream(items(), step, { chunk: 2 })) if (index === 20) break;
    expect(isClosed).toBe(true);
    await settle();
    const begun = counts.filter((count) => count > 0).length;
    expect(begun).toBeLessThanOrEqual(21 + 4 * 2 * 2);
    await settle();
    expect(counts.filter((count) => count > 0)).toHaveLength(begun);
    expect(cpu.statistics.runningCount).toBe(0);
  });

  test('by a consumer that throws', async () => {
    const consume = async (): Promise<void> => {
      for await (const _ of cpu.stream(steps(100), step)) throw new Error('consumer');
    };
    await expect(consume()).rejects.toThrow('consumer');
    await vi.waitFor(() => expect(cpu.statistics.runningCount).toBe(0));
  });

  test('while an item runs that takes no notice: its thread is given the grace, and is then replaced', async () => {
    const { threadId } = await oneThread.cpu.run(step, { id: 0 });
    const [door] = threadGates(1);
    const stream = oneThread.cpu.stream([{ id: 0 }, { id: 1, gate: door?.memory, ending: 'hang' }], step, { chunk: 1 });
    for await (const { index } of stream) {
      expect(index).toBe(0);
      await door?.arrived();
      break;
    }
    expect(oneThread.statistics.cpu.runningCount).toBe(1);
    door?.open();
    const after = await oneThread.cpu.run(step, { id: 0 });
    expect(after.threadId).not.toBe(threadId);
    expect(oneThread.statistics.cpu.runningCount).toBe(0);
  });

  test('while a read is pending: it ends at once', async () => {
    const [door] = threadGates(1);
    const stream = oneThread.cpu.stream([{ id: 0, gate: door?.memory }, { id: 1 }], step, { chunk: 1 });
    const pending = stream.next();
    await door?.arrived();
    const left = stream.return();
    door?.open();
    expect(await left).toMatchObject({ done: true });
    expect(
      endsOf([((await pending).value ?? { index: 0, status: 'skipped', reason: 'aborted' }) as StreamOutcome<Step, Stepped>]),
    ).toHaveLength(1);
    expect((await stream.next()).done).toBe(true);
  });

  test('before it is read: nothing was begun', async () => {
    const stream = cpu.stream(steps(3), step);
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('and takes what is to be read after the end for the end', async () => {
    const stream = cpu.stream(steps(1), step);
    expect(await collect(stream)).toHaveLength(1);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(await collect(stream)).toEqual([]);
  });
});

describe('the end of the invocation', () => {
  test('ends a stream that is read half and forgotten', async () => {
    await using own = createParallel({ workers: [step], maxThreads: 1, deadlineMarginMs: 100 });
    const stream = own.cpu.stream(steps(100).values(), step, { backpressure: 4 });
    expect((await stream.next()).value).toMatchObject({ index: 0 });
    await own[Symbol.asyncDispose]();
    const rest: unknown[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const { status } of stream) rest.push(status);
      })(),
    );
    expect(error).toBeInstanceOf(InvocationEndedError);
    expect(rest.length).toBeLessThanOrEqual(4);
    expect(own.statistics.cpu.runningCount).toBe(0);
  });

  test('ends a stream whose item still runs', async () => {
    const [door] = threadGates(1);
    const own = createParallel({ workers: [step], maxThreads: 1, deadlineMarginMs: 100 });
    const stream = own.cpu.stream([{ id: 0, gate: door?.memory }, { id: 1 }], step, { chunk: 1 });
    const read = collect(stream);
    await door?.arrived();
    await own[Symbol.asyncDispose]();
    expect(endsOf(await read)).toEqual(['TaskAbandonedError', 'aborted']);
  });

  test('makes a stream reject that was never read', async () => {
    const own = createParallel({ workers: [step], maxThreads: 1 });
    const stream = own.cpu.stream(steps(3), step);
    await own[Symbol.asyncDispose]();
    await expect(stream.next()).rejects.toBeInstanceOf(InvocationEndedError);
    expect(() => own.cpu.stream(steps(3), step)).toThrow(InvocationEndedError);
  });
});
