import { createParallel, type Io } from 'lambda-parallel';
import { expect, test } from 'vitest';
import { type Gate, gate, gates } from '../helpers/gate.ts';
import { turn } from '../helpers/turn.ts';

async function drain(io: Io, items: Iterable<Gate<void>> | AsyncIterable<Gate<void>>, task: (g: Gate<void>) => Promise<void>) {
  for await (const _ of io.stream(items, task, { concurrency: 3 }));
}

const calls: [
  string,
  (io: Io, items: Iterable<Gate<void>> | AsyncIterable<Gate<void>>, task: (g: Gate<void>) => Promise<void>) => Promise<unknown>,
][] = [
  ['map', (io, items, task) => io.map(items, task, { concurrency: 3 })],
  ['mapSettled', (io, items, task) => io.mapSettled(items, task, { concurrency: 3 })],
  ['stream', drain],
];

test.each(calls)('io.%s() keeps at most `concurrency` tasks in flight, and that many', async (_, call) => {
  await using runtime = createParallel();
  const doors = gates(10);
  let running = 0;
  let peak = 0;
  const run = call(runtime.io, doors, async (g) => {
    running += 1;
    peak = Math.max(peak, running);
    await g.passed;
    running -= 1;
  });
  for (const door of doors) {
    await turn();
    expect(running).toBe(Math.min(3, doors.length - doors.indexOf(door)));
    door.open();
  }
  await run;
  expect(peak).toBe(3);
  expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 10, runningCount: 0, peakRunningCount: 3 });
});

test.each(calls)('io.%s() pulls from a generator only as slots free up', async (_, call) => {
  await using runtime = createParallel();
  const doors = gates(10);
  let pulled = 0;
  let ended = 0;
  function* source() {
    for (const door of doors) {
      pulled += 1;
      // `stream` may read on while tasks run, by its backpressure, which is `concurrency` here.
      expect(pulled - ended).toBeLessThanOrEqual(3);
      yield door;
    }
  }
  const run = call(runtime.io, source(), async (g) => {
    await g.passed;
    ended += 1;
  });
  await turn();
  expect(pulled).toBe(3);
  for (const door of doors) {
    door.open();
    await turn();
  }
  await run;
  expect(pulled).toBe(10);
});

test.each(calls)('io.%s() pulls from an async generator only as slots free up', async (_, call) => {
  await using runtime = createParallel();
  const doors = gates(10);
  let pulled = 0;
  let ended = 0;
  async function* source() {
    for (const door of doors) {
      await turn();
      pulled += 1;
      expect(pulled - ended).toBeLessThanOrEqual(3);
      yield door;
    }
  }
  const run = call(runtime.io, source(), async (g) => {
    await g.passed;
    ended += 1;
  });
  for (const door of doors) {
    await turn();
    await turn();
    door.open();
  }
  await run;
  expect(pulled).toBe(10);
});

test('io.map() asks an async iterator for at most `concurrency` items at a time', async () => {
  await using runtime = createParallel();
  const answers: Gate<IteratorResult<number>>[] = [];
  let asked = 0;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const answer = gate<IteratorResult<number>>();
        asked += 1;
        answers.push(answer);
        return answer.passed;
      },
    }),
  };
  const run = runtime.io.map(source, (item) => item, { concurrency: 2 });
  await turn();
  for (let value = 0; value < 5; value += 1) {
    expect(asked - value).toBeLessThanOrEqual(2);
    answers[value]?.open({ done: false, value });
    await turn();
  }
  for (const answer of answers.slice(5)) answer.open({ done: true, value: undefined });
  expect(await run).toEqual([0, 1, 2, 3, 4]);
});

test('io.stream() holds no more of a million keys than its backpressure', async () => {
  await using runtime = createParallel();
  let pulled = 0;
  let yielded = 0;
  let ahead = 0;
  function* keys() {
    for (; pulled < 1_000_000; ) yield `key-${pulled++}`;
  }
  for await (const outcome of runtime.io.stream(keys(), (key) => key.length, { concurrency: 8, backpressure: 20 })) {
    if (outcome.index !== yielded) throw new Error(`index ${outcome.index} after ${yielded - 1}`);
    yielded += 1;
    ahead = Math.max(ahead, pulled - yielded);
  }
  expect(yielded).toBe(1_000_000);
  expect(ahead).toBeLessThanOrEqual(20);
});

test.each([1, 4, 1000])('io.map() returns the values in input order, at a concurrency of %s', async (concurrency) => {
  await using runtime = createParallel();
  const doors = gates<string>(5);
  const run = runtime.io.map(doors, async (g, { index }) => `${index}:${await g.passed}`, { concurrency });
  for (const [index, door] of [...doors.entries()].reverse()) {
    door.open(`value ${index}`);
    await turn();
  }
  expect(await run).toEqual(['0:value 0', '1:value 1', '2:value 2', '3:value 3', '4:value 4']);
});

test('io.map() takes the concurrency of the runtime where the call gives none', async () => {
  await using runtime = createParallel({ concurrency: 4 });
  await runtime.io.map(Array.from({ length: 20 }), turn);
  expect(runtime.statistics.io.peakRunningCount).toBe(4);
  await using standard = createParallel();
  await standard.io.map(Array.from({ length: 40 }), turn);
  expect(standard.statistics.io.peakRunningCount).toBe(16);
});

test('io.map() calls of one runtime bound their tasks each for itself, and are counted together', async () => {
  await using runtime = createParallel({ concurrency: 2 });
  await Promise.all([runtime.io.map([1, 2, 3], turn), runtime.io.map([1, 2, 3], turn)]);
  expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 6, peakRunningCount: 4 });
});
