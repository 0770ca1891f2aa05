import { createParallel, type Io, type Items } from 'lambda-parallel';
import { describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { gate } from '../helpers/gate.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

const double = (item: number) => item * 2;

test.each<[string, () => Items<number>]>([
  ['an array', () => []],
  ['a Set', () => new Set<number>()],
  ['a generator', () => (function* (): Generator<number> {})()],
  ['an async generator', () => (async function* (): AsyncGenerator<number> {})()],
])('io.map(), io.mapSettled() and io.stream() take %s without items', async (_, items) => {
  await using runtime = createParallel();
  expect(await runtime.io.map(items(), double)).toEqual([]);
  const result = await runtime.io.mapSettled(items(), double);
  expect(result).toMatchObject({ outcomes: [], completionReason: 'all-settled', isInputExhausted: true, skippedCount: 0 });
  expect(await collect(runtime.io.stream(items(), double))).toEqual([]);
});

test.each<[string, () => Items<number>]>([
  ['a Set', () => new Set([1, 2, 3])],
  ['a typed array', () => new Uint8Array([1, 2, 3])],
  ['a generator', () => [1, 2, 3].values()],
  [
    'an async generator',
    () =>
      (async function* () {
        yield* [1, 2, 3];
      })(),
  ],
  ['promised items', () => [1, Promise.resolve(2), Promise.resolve(3)]],
])('io.map(), io.mapSettled() and io.stream() take %s', async (_, items) => {
  await using runtime = createParallel();
  expect(await runtime.io.map(items(), double)).toEqual([2, 4, 6]);
  const result = await runtime.io.mapSettled(items(), double);
  expect(result).toMatchObject({ values: [2, 4, 6], isInputExhausted: true, completionReason: 'all-settled' });
  expect(await collect(runtime.io.stream(items(), double))).toEqual([
    { status: 'fulfilled', index: 0, value: 2, item: 1 },
    { status: 'fulfilled', index: 1, value: 4, item: 2 },
    { status: 'fulfilled', index: 2, value: 6, item: 3 },
  ]);
});

test('io.map() takes the entries of a Map', async () => {
  await using runtime = createParallel();
  const sizes = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  expect(await runtime.io.map(sizes, ([key, size]) => `${key}=${size}`)).toEqual(['a=1', 'b=2']);
});

test.each([undefined, null, 5, {}])(
  'io.map(), io.mapSettled() and io.stream() throw a TypeError for %o as items',
  async (items) => {
    await using runtime = createParallel();
    const expected = expect.objectContaining({
      name: 'TypeError',
      message: expect.stringContaining('Iterable or AsyncIterable'),
    });
    await expect(runtime.io.map(items as never, double)).rejects.toEqual(expected);
    await expect(runtime.io.mapSettled(items as never, double)).rejects.toEqual(expected);
    expect(() => runtime.io.stream(items as never, double)).toThrow(expected);
  },
);

describe('a source that throws', () => {
  const broken = new Error('page 2 is gone');
  const sources: [string, () => Items<number>][] = [
    [
      'a generator',
      () =>
        (function* () {
          yield 1;
          yield 2;
          throw broken;
        })(),
    ],
    [
      'an async generator',
      () =>
        (async function* () {
          yield 1;
          yield 2;
          throw broken;
        })(),
    ],
  ];

  test.each(sources)(
    'io.map() and io.mapSettled() throw what %s throws midway, and tell the tasks in flight',
    async (_, items) => {
      await using runtime = createParallel();
      const signals: AbortSignal[] = [];
      const task = (_item: number, { signal }: { signal: AbortSignal }) => {
        signals.push(signal);
        return toldToStop(signal);
      };
      await expect(runtime.io.map(items(), task)).rejects.toBe(broken);
      await expect(runtime.io.mapSettled(items(), task)).rejects.toBe(broken);
      expect(signals).toHaveLength(4);
      expect(signals.every(({ aborted }) => aborted)).toBe(true);
    },
  );

  test.each(sources)('io.stream() yields the outcomes before it, then throws what %s throws', async (_, items) => {
    await using runtime = createParallel();
    const seen: number[] = [];
    const run = async () => {
      for await (const { index } of runtime.io.stream(items(), double)) seen.push(index);
    };
    await expect(run()).rejects.toBe(broken);
    expect(seen).toEqual([0, 1]);
  });

  test('io.stream() tells the tasks in flight that the input could not be read on', async () => {
    await using runtime = createParallel();
    const reasons: unknown[] = [];
    async function* pages() {
      yield 1;
      yield 2;
      await turn();
      throw broken;
    }
    const stream = runtime.io.stream(
      pages(),
      async (_item, { signal }) => {
        await toldToStop(signal).catch((reason) => reasons.push(reason));
      },
      { preserveOrder: false },
    );
    await expect(stream.next()).rejects.toBe(broken);
    await turn();
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toMatchObject({
      code: 'ERR_PARALLEL_RUN_STOPPED',
      message: 'Stopped: the input could not be read on',
      cause: broken,
    });
  });

  test('io.mapSettled() throws what an async iterator throws without a promise', async () => {
    await using runtime = createParallel();
    const source = {
      [Symbol.asyncIterator]: (): AsyncIterator<number> => ({
        next: () => {
          throw broken;
        },
      }),
    };
    await expect(runtime.io.mapSettled(source, double)).rejects.toBe(broken);
  });
});

describe('a promised item that rejects', () => {
  const missing = new Error('no such page');
  const items = () => [Promise.resolve(1), Promise.reject(missing), Promise.resolve(3)];

  test('io.mapSettled() makes an outcome of it, without calling its task', async () => {
    await using runtime = createParallel();
    const task = vi.fn(double);
    const result = await runtime.io.mapSettled(items(), task);
    expect(result.outcomes).toEqual([
      { status: 'fulfilled', index: 0, value: 2 },
      { status: 'rejected', index: 1, reason: missing },
      { status: 'fulfilled', index: 2, value: 6 },
    ]);
    expect(task).toHaveBeenCalledTimes(2);
    expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 2, rejectedCount: 1 });
  });

  test('io.mapSettled() counts it as a failure', async () => {
    await using runtime = createParallel();
    const result = await runtime.io.mapSettled(items(), double, { toleratedFailureCount: 0, concurrency: 1 });
    expect(result).toMatchObject({ completionReason: 'failure-tolerance-exceeded', rejectedCount: 1, skippedCount: 1 });
  });

  test('io.map() and io.stream() throw what it rejects with', async () => {
    await using runtime = createParallel();
    await expect(runtime.io.map(items(), double)).rejects.toBe(missing);
    await expect(collect(runtime.io.stream(items(), double))).rejects.toBe(missing);
  });
});

describe('an end before the source ends', () => {
  /** A sync or an async iterator, endless, that counts how often it is asked to close. */
  function endless(isAsync: boolean) {
    const closed = vi.fn();
    let count = 0;
    const next = () => ({ done: false as const, value: count++ });
    const items: Items<number> = isAsync
      ? {
          [Symbol.asyncIterator]: () => ({
            next: async () => next(),
            return: async () => closed() ?? { done: true, value: undefined },
          }),
        }
      : { [Symbol.iterator]: () => ({ next, return: () => closed() ?? { done: true, value: undefined } }) };
    return { items, closed };
  }

  test.each([false, true])('io.mapSettled() closes the source once when it stops (async: %s)', async (isAsync) => {
    await using runtime = createParallel();
    const { items, closed } = endless(isAsync);
    await runtime.io.mapSettled(items, double, { minSuccessful: 5 });
    await turn();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test.each([false, true])('io.map() closes the source once when a task fails (async: %s)', async (isAsync) => {
    await using runtime = createParallel();
    const { items, closed } = endless(isAsync);
    const run = runtime.io.map(items, () => Promise.reject('failed'));
    await expect(run).rejects.toBe('failed');
    await turn();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test.each([false, true])(
    'io.stream() closes the source once when the consumer leaves the loop (async: %s)',
    async (isAsync) => {
      await using runtime = createParallel();
      const { items, closed } = endless(isAsync);
      for await (const { index } of runtime.io.stream(items, double)) if (index === 3) break;
      await turn();
      expect(closed).toHaveBeenCalledTimes(1);
    },
  );

  test('io.mapSettled() does not close a source that ended by itself', async () => {
    await using runtime = createParallel();
    const closed = vi.fn();
    const values = [1, 2].values();
    const items = { [Symbol.iterator]: () => ({ next: () => values.next(), return: closed }) };
    await runtime.io.mapSettled(items, double);
    await runtime.io.map([1], double);
    expect(closed).not.toHaveBeenCalled();
  });

  test('io.mapSettled() ends although the source fails to close', async () => {
    await using runtime = createParallel();
    let count = 0;
    const items = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false as const, value: count++ }),
        return: () => {
          throw new Error('cannot close');
        },
      }),
    };
    expect(await runtime.io.mapSettled(items, double, { minSuccessful: 1 })).toMatchObject({
      completionReason: 'min-successful-reached',
    });
  });

  test('io.mapSettled(), io.map() and io.stream() end when stopped, although next() never answers', async () => {
    await using runtime = createParallel();
    const items = { [Symbol.asyncIterator]: () => ({ next: () => gate<IteratorResult<number>>().passed }) };
    const caller = new AbortController();
    const options = { signal: caller.signal };
    const settled = runtime.io.mapSettled(items, double, options);
    const mapped = runtime.io.map(items, double, options);
    const streamed = runtime.io.stream(items, double, options).next();
    await turn();
    caller.abort('enough');
    expect(await settled).toMatchObject({ outcomes: [], completionReason: 'aborted', isInputExhausted: false });
    await expect(mapped).rejects.toBe('enough');
    await expect(streamed).rejects.toBe('enough');
  });

  test('io.mapSettled() takes no notice of what next() answers after the stop', async () => {
    await using runtime = createParallel();
    const answers = [gate<IteratorResult<string>>(), gate<IteratorResult<string>>()];
    let asked = 0;
    const items = { [Symbol.asyncIterator]: () => ({ next: () => (answers[asked++] ?? gate<IteratorResult<string>>()).passed }) };
    const caller = new AbortController();
    const door = gate();
    const run = runtime.io.mapSettled(items, () => door.passed, { signal: caller.signal, concurrency: 2 });
    answers[0]?.open({ done: false, value: 'a' });
    await turn();
    caller.abort();
    answers[1]?.open({ done: false, value: 'b' });
    await turn();
    door.open();
    expect(await run).toMatchObject({ fulfilledCount: 1, skippedCount: 0, completionReason: 'aborted', isInputExhausted: false });
  });

  test('io.mapSettled() skips, and io.stream() gives up, a promised item that has not come when the grace is over', async () => {
    vi.useFakeTimers();
    try {
      const runtime = createParallel({ deadlineMarginMs: 500 });
      const caller = new AbortController();
      const items = () => [Promise.resolve(1), gate<number>().passed, Promise.resolve(3)];
      const settled = runtime.io.mapSettled(items(), double, { signal: caller.signal });
      const seen: unknown[] = [];
      const streamed = (async () => {
        for await (const outcome of runtime.io.stream(items(), double, { signal: caller.signal })) seen.push(outcome.status);
      })();
      const failed = expect(streamed).rejects.toBe('enough');
      await vi.advanceTimersByTimeAsync(0);
      caller.abort('enough');
      await vi.advanceTimersByTimeAsync(250);
      expect((await settled).outcomes).toEqual([
        { status: 'fulfilled', index: 0, value: 2 },
        { status: 'skipped', index: 1, reason: 'aborted' },
        { status: 'fulfilled', index: 2, value: 6 },
      ]);
      await failed;
      expect(seen).toEqual(['fulfilled']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('io.stream() gives up a promised item that it reads only after the grace is over', async () => {
    vi.useFakeTimers();
    try {
      const runtime = createParallel({ deadlineMarginMs: 500 });
      const caller = new AbortController();
      const items = [1, Promise.resolve(2), gate<number>().passed];
      const seen: unknown[] = [];
      const streamed = (async () => {
        const options = { signal: caller.signal, concurrency: 1 };
        for await (const { status } of runtime.io.stream(items, () => gate().passed, options)) seen.push(status);
      })();
      const failed = expect(streamed).rejects.toBe('enough');
      await vi.advanceTimersByTimeAsync(0);
      caller.abort('enough');
      await vi.advanceTimersByTimeAsync(250);
      await failed;
      expect(seen).toEqual(['rejected', 'skipped']);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('io.mapSettled() reports an iterator that it left, and skips the rest of an array', async () => {
    await using runtime = createParallel();
    const left = await runtime.io.mapSettled([1, 2, 3].values(), double, { minSuccessful: 1, concurrency: 1 });
    expect(left).toMatchObject({ isInputExhausted: false, skippedCount: 0, fulfilledCount: 1 });
    for (const items of [[1, 2, 3], new Set([1, 2, 3])]) {
      const rest = await runtime.io.mapSettled(items, double, { minSuccessful: 1, concurrency: 1 });
      expect(rest).toMatchObject({ isInputExhausted: true, skippedCount: 2, fulfilledCount: 1 });
    }
  });
});

describe('an array that changes while it is read', () => {
  test('io.mapSettled() gives an outcome to what tasks append', async () => {
    await using runtime = createParallel();
    const folders = ['a'];
    const result = await runtime.io.mapSettled(
      folders,
      async (folder) => {
        await turn();
        if (folder.length < 3) folders.push(`${folder}/`);
        return folder;
      },
      { concurrency: 1 },
    );
    expect(result.values).toEqual(['a', 'a/', 'a//']);
    expect(result.outcomes).toHaveLength(3);
  });

  test('io.mapSettled() gives none to what is gone before it is read', async () => {
    await using runtime = createParallel();
    const items = [1, 2, 3, 4];
    const result = await runtime.io.mapSettled(items, () => void items.pop(), { concurrency: 1 });
    expect(result).toMatchObject({ fulfilledCount: 2, skippedCount: 0, completionReason: 'all-settled' });
  });
});

test('io.mapSettled() has an outcome, and nothing else, for each index when an iterator that answers out of order is stopped', async () => {
  await using runtime = createParallel({ deadlineMarginMs: 0 });
  const answers = [
    gate<IteratorResult<number>>(),
    gate<IteratorResult<number>>(),
    gate<IteratorResult<number>>(),
    gate<IteratorResult<number>>(),
  ];
  let asked = 0;
  const items = {
    [Symbol.asyncIterator]: () => ({
      next: () => answers[asked++]?.passed ?? Promise.resolve({ done: true as const, value: undefined }),
    }),
  };
  const caller = new AbortController();
  const [first, second] = [gate(), gate()];
  const run = runtime.io.mapSettled(
    items,
    async (item) => {
      if (item === 0) return first.passed;
      if (item === 1) return second.passed;
      return gate().passed;
    },
    { concurrency: 2, signal: caller.signal },
  );
  answers[0]?.open({ done: false, value: 0 });
  answers[1]?.open({ done: false, value: 1 });
  await turn();
  first.open();
  second.open();
  await turn();
  answers[3]?.open({ done: false, value: 3 });
  await turn();
  caller.abort('enough');
  const { outcomes } = await run;
  expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, index) => index));
  for (const { status } of outcomes) expect(['fulfilled', 'rejected', 'skipped']).toContain(status);
});

test.each(['mapSettled', 'stream'] as const)(
  'io.%s() of an array handles the rejection of a promised item before its turn comes, or where it never comes',
  async (name) => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      await using runtime = createParallel({ concurrency: 1 });
      const first = gate();
      const items = [first.passed, Promise.reject(new Error('early')), Promise.reject(new Error('never pulled'))];
      const stop = new AbortController();
      const reading = read(runtime.io, name, items, stop.signal);
      // An unhandled rejection is reported once the turn is over.
      await new Promise(setImmediate);
      stop.abort();
      first.open();
      await reading;
      await new Promise(setImmediate);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  },
);

async function read(io: Io, name: 'mapSettled' | 'stream', items: Promise<void>[], signal: AbortSignal): Promise<void> {
  if (name === 'mapSettled') await io.mapSettled(items, () => undefined, { signal });
  // A promised item that has not come, or comes to nothing, ends the stream.
  else await collect(io.stream(items, () => undefined, { signal })).catch(() => undefined);
}

test('io.map() takes an async iterator whose next() answers without a promise, as `for await` does', async () => {
  await using runtime = createParallel();
  let count = 0;
  const next = () => ({ done: count === 3, value: count++ });
  const items = { [Symbol.asyncIterator]: () => ({ next }) } as unknown as AsyncIterable<number>;
  expect(await runtime.io.map(items, (item) => item)).toEqual([0, 1, 2]);
});
