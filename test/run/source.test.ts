import { createParallel, type Items, type ParallelResult, type StreamOutcome, workerRef } from 'lambda-parallel';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { gate } from '../helpers/gate.ts';
import { turn } from '../helpers/turn.ts';

const doubleWorker = workerRef<typeof import('../cpu/workers/double.worker.ts')>(
  new URL('../cpu/workers/double.worker.ts', import.meta.url),
);
const double = (item: number): number => item * 2;

const runtime = createParallel({ workers: [doubleWorker], maxThreads: 2, deadlineMarginMs: 100 });
afterAll(() => runtime[Symbol.asyncDispose]());

interface Options {
  readonly signal?: AbortSignal;
  readonly preserveOrder?: boolean;
  readonly minSuccessful?: number;
  readonly toleratedFailureCount?: number;
}

/** The same calls on either engine: what they make of their input is the same. */
interface Engine {
  map(items: Items<number>, options?: Options): Promise<number[]>;
  mapSettled(items: Items<number>, options?: Options): Promise<ParallelResult<number>>;
  stream(items: Items<number>, options?: Options): AsyncGenerator<StreamOutcome<number, number>, void, void>;
}

const { io, cpu } = runtime;

function cpuEngine(chunk: 'auto' | number): Engine {
  return {
    map: (items, options) => cpu.map(items, doubleWorker, { ...options, chunk }),
    mapSettled: (items, options) => cpu.mapSettled(items, doubleWorker, { ...options, chunk }),
    stream: (items, options) => cpu.stream(items, doubleWorker, { ...options, chunk }),
  };
}

const engines: [string, Engine][] = [
  [
    'io',
    {
      map: (items, options) => io.map(items, double, options),
      mapSettled: (items, options) => io.mapSettled(items, double, options),
      stream: (items, options) => io.stream(items, double, options),
    },
  ],
  ['cpu', cpuEngine('auto')],
  ['cpu, one by one', cpuEngine(1)],
  ['cpu, chunks of 3', cpuEngine(3)],
];

async function* asynchronously<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  for (const item of items) {
    await turn();
    yield item;
  }
}

/** Promises that resolve one per turn, the last one first. */
function inOppositeOrder(items: readonly number[]): Promise<number>[] {
  const doors = items.map(() => gate<number>());
  const open = async (): Promise<void> => {
    for (let index = items.length - 1; index >= 0; index -= 1) {
      await turn();
      doors[index]?.open(items[index] as number);
    }
  };
  void open();
  return doors.map(({ passed }) => passed);
}

/** An async iterator whose items are promises still, as those of an async generator never are. */
function ofPromises(promises: readonly Promise<number>[]): AsyncIterable<Promise<number>> {
  const iterator = promises.values();
  return { [Symbol.asyncIterator]: () => ({ next: async () => iterator.next() }) };
}

const broken = new Error('page 2 is gone');

function* failing(items: readonly number[]): Generator<number> {
  yield* items;
  throw broken;
}

/** Reads a stream as far as it goes. */
async function readOf(
  stream: AsyncIterable<StreamOutcome<number, number>>,
): Promise<{ ends: string[]; error?: unknown; isComplete: boolean }> {
  const ends: string[] = [];
  try {
    for await (const { index, status } of stream) ends.push(`${index} ${status}`);
    return { ends, isComplete: true };
  } catch (error) {
    return { ends, error, isComplete: false };
  }
}

describe.each(engines)('%s', (_, engine) => {
  test.each<[string, () => Items<number>]>([
    ['an array', () => []],
    ['a Set', () => new Set<number>()],
    ['a generator', () => [].values()],
    ['an async generator', () => asynchronously([])],
  ])('takes %s without items', async (_kind, items) => {
    expect(await engine.map(items())).toEqual([]);
    expect(await engine.mapSettled(items())).toMatchObject({
      outcomes: [],
      completionReason: 'all-settled',
      isInputExhausted: true,
    });
    expect(await collect(engine.stream(items()))).toEqual([]);
  });

  const numbers = Array.from({ length: 50 }, (_value, index) => index);

  test.each<[string, () => Items<number>]>([
    ['an array', () => numbers],
    ['a Set', () => new Set(numbers)],
    ['a typed array', () => new Uint8Array(numbers)],
    ['a generator', () => numbers.values()],
    ['an async generator', () => asynchronously(numbers)],
    ['promised items among others', () => numbers.map((item) => (item % 3 === 0 ? Promise.resolve(item) : item))],
    ['promised items that come in the opposite order', () => inOppositeOrder(numbers)],
    ['a generator of promises', () => inOppositeOrder(numbers).values()],
    ['an async iterator of promises', () => ofPromises(inOppositeOrder(numbers))],
  ])('takes %s, and keeps the order', async (_kind, items) => {
    expect(await engine.map(items())).toEqual(numbers.map(double));
    const result = await engine.mapSettled(items());
    expect(result).toMatchObject({ completionReason: 'all-settled', isInputExhausted: true, fulfilledCount: 50 });
    expect(result.outcomes).toEqual(numbers.map((index) => ({ status: 'fulfilled', index, value: index * 2 })));
    expect(await collect(engine.stream(items()))).toEqual(
      numbers.map((index) => ({ status: 'fulfilled', index, value: index * 2, item: index })),
    );
    const unordered = await collect(engine.stream(items(), { preserveOrder: false }));
    expect(unordered.map(({ index, item }) => [index, item]).sort(([a = 0], [b = 0]) => a - b)).toEqual(
      numbers.map((index) => [index, index]),
    );
  });

  test('takes the holes of an array for undefined', async () => {
    const items = [1, 2, 3, 4];
    delete items[1];
    expect(await engine.map(items)).toEqual([2, Number.NaN, 6, 8]);
    expect((await collect(engine.stream(items))).map(({ item }) => item)).toEqual([1, undefined, 3, 4]);
  });

  test.each([undefined, null, 5, {}])('throws a TypeError for %o as items', async (items) => {
    const expected = expect.objectContaining({ name: 'TypeError', message: expect.stringContaining('Iterable') });
    await expect(engine.map(items as never)).rejects.toEqual(expected);
    await expect(engine.mapSettled(items as never)).rejects.toEqual(expected);
    expect(() => engine.stream(items as never)).toThrow(expected);
  });

  describe.each<[string, (items: readonly number[]) => Items<number>]>([
    ['a generator', failing],
    ['an async generator', (items) => asynchronously(failing(items))],
  ])('where %s throws', (_kind, items) => {
    test.each([0, 1, 2, 5])('after %d items, map() and mapSettled() throw that', async (count) => {
      await expect(engine.map(items(numbers.slice(0, count)))).rejects.toBe(broken);
      await expect(engine.mapSettled(items(numbers.slice(0, count)))).rejects.toBe(broken);
    });

    test.each([0, 1, 2, 5])('after %d items, stream() yields their outcomes before it throws that', async (count) => {
      const { ends, error } = await readOf(engine.stream(items(numbers.slice(0, count))));
      expect(error).toBe(broken);
      expect(ends).toEqual(numbers.slice(0, count).map((index) => expect.stringMatching(`^${index} (fulfilled|skipped)$`)));
    });
  });

  describe('where a promised item is rejected', () => {
    const items = (): (number | Promise<number>)[] => [0, Promise.reject(broken), 2, Promise.resolve(3), 4];

    test('map() throws that', async () => {
      await expect(engine.map(items())).rejects.toBe(broken);
    });

    test('mapSettled() makes an outcome of it', async () => {
      const result = await engine.mapSettled(items());
      expect(result.outcomes[1]).toEqual({ status: 'rejected', index: 1, reason: broken });
      expect(result).toMatchObject({ values: [0, 4, 6, 8], completionReason: 'all-settled' });
    });

    test('mapSettled() counts it as a failure', async () => {
      const result = await engine.mapSettled([Promise.reject(broken), ...numbers], { toleratedFailureCount: 0 });
      expect(result).toMatchObject({ completionReason: 'failure-tolerance-exceeded', rejectedCount: 1 });
      expect(result.outcomes).toHaveLength(51);
    });

    test('stream() throws that, in its place', async () => {
      const { ends, error } = await readOf(engine.stream(items()));
      expect(error).toBe(broken);
      expect(ends).toEqual([expect.stringMatching('^0 (fulfilled|skipped)$')]);
    });
  });

  test('hands on promised items as they come: one that never comes keeps only itself back', async () => {
    const never = gate<number>();
    const stream = engine.stream([never.passed, Promise.resolve(1), 2, Promise.resolve(3)], { preserveOrder: false });
    const seen: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { value } = await stream.next();
      if (value) seen.push(value.index);
    }
    expect(seen.sort()).toEqual([1, 2, 3]);
    await stream.return();
  });

  describe('stopped while a promised item has not come', () => {
    /** The item at 1 is promised. */
    async function stoppedRead(promised: Promise<number>, afterStop: () => void, preserveOrder: boolean) {
      const caller = new AbortController();
      const stream = engine.stream([0, promised], { signal: caller.signal, preserveOrder });
      expect((await stream.next()).value).toMatchObject({ index: 0, status: 'fulfilled' });
      await turn();
      caller.abort('enough');
      afterStop();
      return await readOf(stream);
    }

    test.each([true, false])('stream() says so instead of leaving it out (preserveOrder: %s)', async (preserveOrder) => {
      const { ends, error } = await stoppedRead(gate<number>().passed, () => undefined, preserveOrder);
      expect({ ends, error }).toEqual({ ends: [], error: 'enough' });
    });

    test.each([true, false])('stream() skips it where it comes within the grace (preserveOrder: %s)', async (preserveOrder) => {
      const door = gate<number>();
      expect(await stoppedRead(door.passed, () => door.open(1), preserveOrder)).toEqual({
        ends: ['1 skipped'],
        isComplete: true,
      });
    });

    test('mapSettled() skips it', async () => {
      const caller = new AbortController();
      const run = engine.mapSettled([0, gate<number>().passed, 2], { signal: caller.signal });
      await turn();
      caller.abort('enough');
      const { outcomes, completionReason } = await run;
      expect(completionReason).toBe('aborted');
      expect(outcomes.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(outcomes[1]).toEqual({ status: 'skipped', index: 1, reason: 'aborted' });
    });
  });

  describe('an array that changes while it is read', () => {
    test('has no outcome for what is gone before it is read', async () => {
      const items = Array.from(numbers);
      const run = engine.mapSettled(items);
      items.length = 45;
      const result = await run;
      expect(result).toMatchObject({ fulfilledCount: 45, skippedCount: 0, completionReason: 'all-settled' });
      const others = Array.from(numbers);
      const values = engine.map(others);
      others.length = 45;
      expect(await values).toHaveLength(45);
    });

    test('has an outcome for what was appended', async () => {
      const items = Array.from(numbers);
      const run = engine.mapSettled(items);
      items.push(50, 51);
      expect((await run).values).toEqual([...numbers, 50, 51].map(double));
    });
  });

  test('has no outcome for what an iterator of its own keeps from the array', async () => {
    class Everything extends Array<number> {
      override *[Symbol.iterator](): Generator<number, undefined> {
        yield 1;
      }
    }
    const result = await engine.mapSettled(Everything.of(1, 2, 3));
    expect(result).toMatchObject({ values: [2], skippedCount: 0, completionReason: 'all-settled' });
  });

  describe('an end before the input ends', () => {
    function endless(isAsync: boolean) {
      const closed = vi.fn();
      let count = 0;
      const next = (): IteratorResult<number> => ({ done: false, value: count++ });
      const items: Items<number> = isAsync
        ? {
            [Symbol.asyncIterator]: () => ({
              next: async () => next(),
              return: async () => closed() ?? { done: true, value: undefined },
            }),
          }
        : { [Symbol.iterator]: () => ({ next, return: () => closed() ?? { done: true, value: undefined } }) };
      return { items, closed, count: () => count };
    }

    test.each([false, true])('closes an endless iterator once (async: %s)', async (isAsync) => {
      const { items, closed, count } = endless(isAsync);
      const result = await engine.mapSettled(items, { minSuccessful: 5 });
      expect(result).toMatchObject({ completionReason: 'min-successful-reached', isInputExhausted: false });
      expect(result.fulfilledCount).toBeGreaterThanOrEqual(5);
      expect(result.outcomes.map(({ index }) => index)).toEqual(result.outcomes.map((_outcome, index) => index));
      await turn();
      expect(closed).toHaveBeenCalledTimes(1);
      const pulledCount = count();
      await turn();
      expect(count()).toBe(pulledCount);
    });

    test.each([false, true])('closes it when the consumer of a stream leaves (async: %s)', async (isAsync) => {
      const { items, closed } = endless(isAsync);
      for await (const { index } of engine.stream(items)) if (index === 3) break;
      await turn();
      expect(closed).toHaveBeenCalledTimes(1);
    });

    test('leaves an iterator alone that ended by itself', async () => {
      const closed = vi.fn();
      const values = [1, 2].values();
      const result = await engine.mapSettled({ [Symbol.iterator]: () => ({ next: () => values.next(), return: closed }) });
      expect(result.values).toEqual([2, 4]);
      expect(closed).not.toHaveBeenCalled();
    });

    test('does not wait for a next() that never answers', async () => {
      const items = { [Symbol.asyncIterator]: () => ({ next: () => gate<IteratorResult<number>>().passed }) };
      const caller = new AbortController();
      const options = { signal: caller.signal };
      const settled = engine.mapSettled(items, options);
      const mapped = expect(engine.map(items, options)).rejects.toBe('enough');
      const streamed = expect(engine.stream(items, options).next()).rejects.toBe('enough');
      await turn();
      caller.abort('enough');
      expect(await settled).toMatchObject({ outcomes: [], completionReason: 'aborted', isInputExhausted: false });
      await mapped;
      await streamed;
    });

    test('pulls nothing where the signal is aborted already', async () => {
      const pulled = vi.fn();
      function* items(): Generator<number> {
        pulled();
        yield 1;
      }
      const options = { signal: AbortSignal.abort('enough') };
      expect(await engine.mapSettled(items(), options)).toMatchObject({ outcomes: [], completionReason: 'aborted' });
      await expect(engine.map(items(), options)).rejects.toBe('enough');
      await expect(engine.stream(items(), options).next()).rejects.toBe('enough');
      expect(pulled).not.toHaveBeenCalled();
    });

    test('skips the rest of an array, and reports the rest of an iterator', async () => {
      const many = Array.from({ length: 100_000 }, (_value, index) => index);
      const rest = await engine.mapSettled(many, { minSuccessful: 1 });
      expect(rest).toMatchObject({ isInputExhausted: true, completionReason: 'min-successful-reached' });
      expect(rest.outcomes).toHaveLength(100_000);
      expect(rest.skipped.at(-1)).toEqual({ status: 'skipped', index: 99_999, reason: 'min-successful-reached' });
      const left = await engine.mapSettled(many.values(), { minSuccessful: 1 });
      expect(left.isInputExhausted).toBe(false);
      expect(left.outcomes.length).toBeLessThan(100_000);
    });
  });

  test('handles the rejection of a promised item before its turn comes, and where it never comes', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const items = [...inOppositeOrder([0, 1, 2]), Promise.reject(broken), ...numbers, Promise.reject(broken)];
      const caller = new AbortController();
      const settled = engine.mapSettled(items, { signal: caller.signal });
      const read = readOf(engine.stream(items, { signal: caller.signal }));
      // An unhandled rejection is reported once the turn is over.
      await new Promise(setImmediate);
      caller.abort();
      await Promise.all([settled, read]);
      await new Promise(setImmediate);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });
});

test('cpu.map(), cpu.mapSettled() and cpu.stream() take 100,000 items', async () => {
  const items = Array.from({ length: 100_000 }, (_value, index) => index);
  const values = items.map(double);
  expect(await cpu.map(items, doubleWorker)).toEqual(values);
  expect((await cpu.mapSettled(items.values(), doubleWorker)).values).toEqual(values);
  expect((await collect(cpu.stream(asIs(items), doubleWorker))).map(fulfilledValue)).toEqual(values);
});

async function* asIs<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}

function fulfilledValue(outcome: StreamOutcome<number, number>): number | undefined {
  return outcome.status === 'fulfilled' ? outcome.value : undefined;
}
