import { createParallel, type RejectedOutcome, type TaskScope } from 'lambda-parallel';
import { expect, onTestFinished, test } from 'vitest';
import { gates } from '../helpers/gate.ts';
import { turn } from '../helpers/turn.ts';

test.each([
  ['an error', new Error('no such key')],
  ['undefined', undefined],
  ['null', null],
  ['a string', 'no such key'],
])('io.mapSettled() keeps %s that a task throws as it was thrown', async (_, thrown) => {
  await using runtime = createParallel();
  const sync = await runtime.io.mapSettled([1], () => {
    throw thrown;
  });
  const async = await runtime.io.mapSettled([1], () => Promise.reject(thrown));
  const timed = await runtime.io.mapSettled(
    [1],
    () => {
      throw thrown;
    },
    { timeoutMs: 1000 },
  );
  for (const result of [sync, async, timed]) {
    expect(result).toMatchObject({ fulfilledCount: 0, rejectedCount: 1, skippedCount: 0, completionReason: 'all-settled' });
    expect((result.outcomes[0] as RejectedOutcome).reason).toBe(thrown);
  }
});

test.each([{ timeoutMs: 1000 }, {}])(
  'io.map() takes a value, a promise and any thenable from a task, with %o',
  async (options) => {
    await using runtime = createParallel();
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    const thenable = { then: (resolve: (value: string) => void) => resolve('thenable') } as PromiseLike<string>;
    const results: (string | null | undefined | PromiseLike<string>)[] = [
      'value',
      Promise.resolve('promise'),
      thenable,
      null,
      undefined,
    ];
    const values = await runtime.io.map([0, 1, 2, 3, 4], (index) => results[index], options);
    expect(values).toEqual(['value', 'promise', 'thenable', null, undefined]);
  },
);

test('io.mapSettled() rejects the item whose thenable throws', async () => {
  await using runtime = createParallel();
  const reason = new Error('then');
  const thenable = {
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    get then(): () => void {
      throw reason;
    },
  };
  const result = await runtime.io.mapSettled([1, 2], (item) => (item === 1 ? (thenable as never) : item));
  expect(result.outcomes).toEqual([
    { status: 'rejected', index: 0, reason },
    { status: 'fulfilled', index: 1, value: 2 },
  ]);
});

test('io.map() gives each task its index and a signal', async () => {
  await using runtime = createParallel();
  const scopes = await runtime.io.map(['a', 'b'], (_, scope) => scope);
  expect(scopes.map(({ index, signal }) => [index, signal.aborted])).toEqual([
    [0, false],
    [1, false],
  ]);
});

test('io.mapSettled() gives each task of a run the same signal, and each one its own where there is a timeout', async () => {
  await using runtime = createParallel();
  const signalOf = (_: number, { signal }: TaskScope) => signal;
  const [a, b] = (await runtime.io.mapSettled([1, 2], signalOf)).values;
  expect(a).toBe(b);
  const [c, d] = (await runtime.io.mapSettled([1, 2], signalOf, { timeoutMs: 1000 })).values;
  expect(c).not.toBe(d);
});

test('io.mapSettled() lets a hundred tasks listen on their signal without a warning', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  onTestFinished(() => void process.off('warning', warn));
  await using runtime = createParallel({ concurrency: 100 });
  const caller = new AbortController();
  const doors = gates(100);
  const run = runtime.io.mapSettled(
    doors,
    async (door, { signal }) => {
      signal.addEventListener('abort', () => undefined);
      await door.passed;
    },
    { signal: caller.signal },
  );
  const others = Array.from({ length: 20 }, () => runtime.io.map([1], turn, { signal: caller.signal }));
  await turn();
  for (const door of doors) door.open();
  await Promise.all([run, ...others]);
  await turn();
  expect(warnings).toEqual([]);
});
