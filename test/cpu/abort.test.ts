import { getEventListeners } from 'node:events';
import { createParallel, TaskAbandonedError } from 'lambda-parallel';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { begunCounts, endsOf, step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';

// The grace is 150 ms.
const oneThread = createParallel({ workers: [step], maxThreads: 1, deadlineMarginMs: 300 });
const withoutGrace = createParallel({ workers: [step], maxThreads: 1, deadlineMarginMs: 0 });
const twoThreads = createParallel({ workers: [step], maxThreads: 2, deadlineMarginMs: 300 });
const runtimes = [oneThread, withoutGrace, twoThreads];
const { cpu } = oneThread;
afterAll(() => Promise.all(runtimes.map((runtime) => runtime[Symbol.asyncDispose]())));

/** The threads are there, with the worker file loaded. */
beforeEach(() =>
  Promise.all(
    runtimes.map(async (runtime) => {
      const gates = threadGates(runtime.statistics.cpu.threadCount);
      const runs = gates.map((gate, id) => runtime.cpu.run(step, { id, gate: gate.memory }));
      await arrivedAt(gates, gates.length);
      for (const gate of gates) gate.open();
      await Promise.all(runs);
    }),
  ),
);

const enough = new Error('enough');
const reasons: [string, unknown][] = [
  ['an error', enough],
  ['a string', 'enough'],
  ['null', null],
  ['0', 0],
];

describe('a signal that is aborted already', () => {
  test.each(reasons)('rejects cpu.run() and cpu.map() with its reason, %s, and nothing is begun', async (_, reason) => {
    const { memory, counts } = begunCounts(3);
    const signal = AbortSignal.abort(reason);
    const items = steps(3, () => ({ begun: memory }));
    await expect(cpu.run(step, { id: 0, begun: memory }, { signal })).rejects.toBe(reason);
    await expect(cpu.map(items, step, { signal })).rejects.toBe(reason);
    expect(endsOf((await cpu.mapSettled(items, step, { signal })).outcomes)).toEqual(['aborted', 'aborted', 'aborted']);
    expect(endsOf(await collect(cpu.stream(items, step, { signal })))).toEqual(['aborted', 'aborted', 'aborted']);
    await expect(collect(cpu.stream(items.values(), step, { signal }))).rejects.toBe(reason);
    expect([...counts]).toEqual([0, 0, 0]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('has the reason that AbortController gives it by itself', async () => {
    await expect(cpu.run(step, { id: 0 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a signal that aborts', () => {
  test.each(reasons)('while an item runs rejects cpu.run() and cpu.map() at once with its reason, %s', async (_, reason) => {
    const gates = threadGates(2);
    const caller = new AbortController();
    const { signal } = caller;
    const run = twoThreads.cpu.run(step, { id: 0, gate: gates[0]?.memory }, { signal });
    const map = twoThreads.cpu.map([{ id: 0, gate: gates[1]?.memory }, { id: 1 }], step, { signal, chunk: 1 });
    const settled = Promise.allSettled([run, map]);
    await arrivedAt(gates, 2);
    caller.abort(reason);
    expect(await settled).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    // They run still: nothing was waited for.
    expect(twoThreads.statistics.cpu.runningCount).toBeGreaterThanOrEqual(2);
    for (const gate of gates) gate.open();
    await expect.poll(() => twoThreads.statistics.cpu.runningCount).toBe(0);
  });

  test('while calls are in line rejects them, and none is begun', async () => {
    const [door] = threadGates(1);
    const { memory, counts } = begunCounts(8);
    const caller = new AbortController();
    const first = cpu.run(step, { id: 0, gate: door?.memory });
    await door?.arrived();
    const inLine = steps(7).map((each) => cpu.run(step, { ...each, begun: memory }, { signal: caller.signal }));
    const settled = Promise.allSettled(inLine);
    caller.abort(enough);
    expect(await settled).toEqual(inLine.map(() => ({ status: 'rejected', reason: enough })));
    door?.open();
    await first;
    await cpu.run(step, { id: 7, begun: memory });
    expect([...counts]).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test('lets what runs end within the grace, and skips the rest', async () => {
    const [door] = threadGates(1);
    const { memory, counts } = begunCounts(10);
    const caller = new AbortController();
    const run = cpu.mapSettled(
      steps(10, (id) => ({ begun: memory, gate: id === 3 ? door?.memory : undefined })),
      step,
      { chunk: 5, signal: caller.signal },
    );
    await door?.arrived();
    caller.abort(enough);
    door?.open();
    const { outcomes, completionReason, isInputExhausted } = await run;
    expect(endsOf(outcomes)).toEqual([...new Array(4).fill('fulfilled'), ...new Array(6).fill('aborted')]);
    expect({ completionReason, isInputExhausted }).toEqual({ completionReason: 'aborted', isInputExhausted: true });
    expect([...counts]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  test('abandons what takes no notice, with the reason as cause, and replaces its thread', async () => {
    const { threadId } = await cpu.run(step, { id: 0 });
    const [door] = threadGates(1);
    const caller = new AbortController();
    const run = cpu.mapSettled(
      steps(4, (id) => ({ gate: id === 1 ? door?.memory : undefined, ending: id === 1 ? 'hang' : undefined })),
      step,
      { chunk: 1, signal: caller.signal },
    );
    await door?.arrived();
    door?.open();
    caller.abort(enough);
    const { outcomes, rejected } = await run;
    expect(endsOf(outcomes)).toEqual(['fulfilled', 'TaskAbandonedError', 'aborted', 'aborted']);
    expect(rejected[0]?.reason).toBeInstanceOf(TaskAbandonedError);
    expect(rejected[0]?.reason).toMatchObject({ cause: enough, message: expect.stringContaining('150 ms') });
    expect((await cpu.run(step, { id: 0 })).threadId).not.toBe(threadId);
  });

  test('replaces the thread of a cpu.run() and a cpu.map() that take no notice, once the grace is over', async () => {
    for (const call of ['run', 'map'] as const) {
      const { threadId } = await cpu.run(step, { id: 0 });
      const [door] = threadGates(1);
      const caller = new AbortController();
      const { signal } = caller;
      const hanging = { id: 0, gate: door?.memory, ending: 'hang' } as const;
      const run = rejectionOf(call === 'run' ? cpu.run(step, hanging, { signal }) : cpu.map([hanging], step, { signal }));
      await door?.arrived();
      door?.open();
      caller.abort(enough);
      expect(await run).toBe(enough);
      expect((await cpu.run(step, { id: 0 })).threadId).not.toBe(threadId);
    }
  });

  test('keeps a thread that ends its item within the grace', async () => {
    const { threadId } = await cpu.run(step, { id: 0 });
    const [door] = threadGates(1);
    const caller = new AbortController();
    const run = rejectionOf(cpu.run(step, { id: 0, gate: door?.memory }, { signal: caller.signal }));
    await door?.arrived();
    caller.abort(enough);
    expect(await run).toBe(enough);
    door?.open();
    expect((await cpu.run(step, { id: 1 })).threadId).toBe(threadId);
  });

  test('in the middle of a stream yields the rest of an array as skipped', async () => {
    const caller = new AbortController();
    const ends: string[] = [];
    for await (const outcome of cpu.stream(steps(40), step, { chunk: 4, signal: caller.signal, backpressure: 8 })) {
      ends.push(endsOf([outcome])[outcome.index] ?? '');
      if (outcome.index === 9) caller.abort(enough);
    }
    expect(ends).toHaveLength(40);
    const firstSkipped = ends.indexOf('aborted');
    expect(firstSkipped).toBeGreaterThanOrEqual(10);
    expect(firstSkipped).toBeLessThanOrEqual(10 + 8);
    expect(new Set(ends.slice(firstSkipped))).toEqual(new Set(['aborted']));
  });

  test.each([true, false])(
    'before the iterator has ended makes a stream throw its reason (preserveOrder: %s)',
    async (preserveOrder) => {
      const caller = new AbortController();
      function* endless() {
        for (let id = 0; ; id += 1) yield { id };
      }
      const indexes: number[] = [];
      const read = async (): Promise<void> => {
        for await (const { index } of cpu.stream(endless(), step, { signal: caller.signal, preserveOrder })) {
          indexes.push(index);
          if (indexes.length === 10) caller.abort('enough');
        }
      };
      await expect(read()).rejects.toBe('enough');
      // Whatever was read has its outcome.
      expect(indexes.sort((a, b) => a - b)).toEqual(indexes.map((_, index) => index));
    },
  );

  test('from inside the input stops the run there', async () => {
    for (const chunk of ['auto', 3] as const) {
      const caller = new AbortController();
      function* items() {
        yield { id: 0 };
        yield { id: 1 };
        caller.abort(enough);
        yield { id: 2 };
        yield { id: 3 };
      }
      const result = await cpu.mapSettled(items(), step, { signal: caller.signal, chunk });
      expect(result).toMatchObject({ completionReason: 'aborted', isInputExhausted: false });
      expect(result.outcomes.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(result.outcomes[2]).toMatchObject({ status: 'skipped' });
    }
  });

  test('after everything has ended changes nothing', async () => {
    const caller = new AbortController();
    const result = await cpu.mapSettled(steps(3), step, { signal: caller.signal });
    caller.abort(enough);
    expect(endsOf(result.outcomes)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(result.completionReason).toBe('all-settled');
  });

  test('twice, by a failure and by the caller, ends for the first reason', async () => {
    const [door] = threadGates(1);
    const caller = new AbortController();
    const run = twoThreads.cpu.mapSettled([{ id: 0, gate: door?.memory }, { id: 1, ending: 'throw' }, { id: 2 }], step, {
      chunk: 1,
      toleratedFailureCount: 0,
      signal: caller.signal,
    });
    await door?.arrived();
    await expect.poll(() => twoThreads.statistics.cpu.runningCount).toBe(1);
    caller.abort(enough);
    door?.open();
    expect((await run).completionReason).toBe('failure-tolerance-exceeded');
  });
});

test('no call leaves a listener on the signal, however it ends', async () => {
  const caller = new AbortController();
  const { signal } = caller;
  const [door] = threadGates(1);
  const held = cpu.run(step, { id: 0, gate: door?.memory }, { signal });
  const inLine = cpu.mapSettled(steps(3), step, { signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(2);
  door?.open();
  await Promise.all([held, inLine]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await rejectionOf(cpu.run(step, { id: 0, ending: 'throw' }, { signal }));
  await rejectionOf(cpu.map([{ id: 0, ending: 'throw' }], step, { signal }));
  await rejectionOf(cpu.map([Promise.reject(enough)], step, { signal }));
  for await (const _ of cpu.stream(steps(5), step, { signal })) break;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('what cpu.map() abandons when it fails is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const [door] = threadGates(1);
    const run = twoThreads.cpu.map(
      [
        { id: 0, gate: door?.memory, ending: 'hang' },
        { id: 1, ending: 'throw' },
      ],
      step,
      { chunk: 1 },
    );
    await expect(run).rejects.toThrow('step 1 failed');
    door?.open();
    await expect.poll(() => twoThreads.statistics.cpu.runningCount).toBe(0);
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});

describe('without a margin', () => {
  test('a thread is ended at once, and only what it runs is lost', async () => {
    const { cpu: engine } = withoutGrace;
    const [door] = threadGates(1);
    const caller = new AbortController();
    const run = engine.mapSettled([{ id: 0, gate: door?.memory, ending: 'hang' }, { id: 1 }], step, {
      chunk: 1,
      signal: caller.signal,
    });
    const others = engine.mapSettled(steps(6), step, { chunk: 2 });
    await door?.arrived();
    door?.open();
    caller.abort(enough);
    expect(endsOf((await run).outcomes)).toEqual(['TaskAbandonedError', 'aborted']);
    expect(endsOf((await others).outcomes)).toEqual(new Array(6).fill('fulfilled'));
  });

  test('an abort that comes when the item has just ended costs nothing that comes next in its thread', async () => {
    const { cpu: engine } = withoutGrace;
    for (let round = 0; round < 3; round += 1) {
      const [door] = threadGates(1);
      const caller = new AbortController();
      const run = rejectionOf(engine.run(step, { id: 0, gate: door?.memory }, { signal: caller.signal }));
      const others = engine.mapSettled(steps(6), step, { chunk: 2 });
      await door?.arrived();
      door?.open();
      // Time enough for the reply, which this thread does not read meanwhile.
      for (const untilMs = performance.now() + 30; performance.now() < untilMs; );
      caller.abort(enough);
      expect(await run).toBe(enough);
      expect(endsOf((await others).outcomes)).toEqual(new Array(6).fill('fulfilled'));
    }
  });
});

test('an abort costs nothing that comes next in its thread, where the grace runs out with the reply unread', async () => {
  for (let round = 0; round < 3; round += 1) {
    const [door] = threadGates(1);
    const caller = new AbortController();
    const run = cpu.mapSettled([{ id: 0, gate: door?.memory }], step, { signal: caller.signal });
    const others = cpu.mapSettled(steps(6), step, { chunk: 2 });
    await door?.arrived();
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        caller.abort(enough);
        door?.open();
        for (const untilMs = performance.now() + 200; performance.now() < untilMs; );
        resolve();
      }, 1);
    });
    expect(endsOf((await run).outcomes)).toHaveLength(1);
    expect(endsOf((await others).outcomes)).toEqual(new Array(6).fill('fulfilled'));
  }
});

test('an abort while a new thread starts costs nothing of another call', async () => {
  for (let round = 0; round < 4; round += 1) {
    const caller = new AbortController();
    // Of two chunks, the first ends the thread: the second waits for the new one, and is then told to stop.
    const map = rejectionOf(
      cpu.map(
        steps(8, (id) => ({ ending: id === 3 ? 'exit' : undefined })),
        step,
        { chunk: 4, signal: caller.signal },
      ),
    );
    const others = cpu.mapSettled(steps(6), step, { chunk: 2 });
    expect((await map).name).toBe('WorkerCrashedError');
    expect(endsOf((await others).outcomes)).toEqual(new Array(6).fill('fulfilled'));
  }
});
