import { createParallel, type ParallelRuntime, WorkerCrashedError, WorkerLoadError, workerRef } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { countdown } from '../helpers/countdown.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { runScript } from '../helpers/run-script.ts';
import { begunCounts, endsOf, step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';
import type { Ending, Step } from './workers/step.worker.ts';

const options = { workers: [step], deadlineMarginMs: 200 } as const;
let oneThread: ParallelRuntime;
let twoThreads: ParallelRuntime;
// Threads of its own for each test: what one does to them is not the next one's.
beforeEach(() => {
  oneThread = createParallel({ ...options, maxThreads: 1 });
  twoThreads = createParallel({ ...options, maxThreads: 2 });
});
afterEach(() => Promise.all([oneThread[Symbol.asyncDispose](), twoThreads[Symbol.asyncDispose]()]));

/** The pool is whole again: two items at once, in two threads. */
afterEach(async () => {
  const gates = threadGates(2);
  const run = twoThreads.cpu.map(
    steps(2, (id) => ({ gate: gates[id]?.memory })),
    step,
    { chunk: 1 },
  );
  await arrivedAt(gates, 2);
  for (const gate of gates) gate.open();
  expect(new Set((await run).map(({ threadId }) => threadId)).size).toBe(2);
});

const crashes: Ending[] = ['exit', 'exit 0', 'uncaught', 'unhandled'];

/** What a run of so many items came to, of which those at `culprits` were to blame. */
const costing = (count: number, culprits: readonly number[]): string[] =>
  steps(count).map(({ id }) => (culprits.includes(id) ? 'WorkerCrashedError' : 'fulfilled'));

describe.each(crashes)('a thread that ends by "%s"', (ending) => {
  const stepsWith = (count: number, culprits: readonly number[], more: Partial<Step> = {}): Step[] =>
    steps(count, (id) => ({ ...more, ending: culprits.includes(id) ? ending : undefined }));

  test('costs a cpu.run() its item, and the next one is served', async () => {
    const error = await rejectionOf(oneThread.cpu.run(step, { id: 0, ending }));
    expect(error).toBeInstanceOf(WorkerCrashedError);
    expect(error['code']).toBe('ERR_PARALLEL_WORKER_CRASHED');
    expect(error.message).toMatch(/^Cannot finish item 0: the thread that ran step\.worker\.ts with it ended, ".+"; /);
    expect(error.cause).toBeInstanceOf(Error);
    expect(await oneThread.cpu.run(step, { id: 1 })).toMatchObject({ id: 1 });
    expect(oneThread.statistics.cpu.runningCount).toBe(0);
  });

  test('costs its culprits in a chunk, and no other item', async () => {
    const { memory, counts } = begunCounts(7);
    const before = { ...oneThread.statistics.cpu };
    const result = await oneThread.cpu.mapSettled(stepsWith(7, [3, 4], { begun: memory }), step, { chunk: 7 });
    expect(endsOf(result.outcomes)).toEqual(costing(7, [3, 4]));
    expect(result.completionReason).toBe('all-settled');
    expect(result.rejected.map(({ reason }) => (reason as Error).message)).toEqual(
      [3, 4].map((index) => expect.stringContaining(`item ${index}:`)),
    );
    // Once more at most, where it takes that to tell whose error it was.
    expect(Math.max(...counts.subarray(3, 5))).toBeLessThanOrEqual(2);
    const { rejectedCount, fulfilledCount } = oneThread.statistics.cpu;
    expect([fulfilledCount - before.fulfilledCount, rejectedCount - before.rejectedCount]).toEqual([5, 2]);
  });

  test('costs only the culprits of a run on two threads', async () => {
    const culprits = [0, 7, 8, 19];
    const result = await twoThreads.cpu.mapSettled(stepsWith(20, culprits), step);
    expect(endsOf(result.outcomes)).toEqual(costing(20, culprits));
  });

  test('may end all threads at once, with more in line', async () => {
    const gates = threadGates(2);
    const { cpu } = twoThreads;
    const crash = gates.map((gate, id) => rejectionOf(cpu.run(step, { id, gate: gate.memory, ending })));
    await arrivedAt(gates, 2);
    const inLine = steps(8).map((each) => cpu.run(step, each));
    for (const gate of gates) gate.open();
    for (const error of await Promise.all(crash)) expect(error).toBeInstanceOf(WorkerCrashedError);
    expect((await Promise.all(inLine)).map(({ id }) => id)).toEqual(steps(8).map(({ id }) => id));
  });
});

const exitingAt = (count: number, culprits: readonly number[]): Step[] =>
  steps(count, (id) => ({ ending: culprits.includes(id) ? 'exit' : undefined }));

test.each([
  [1, [0]],
  [5, [0]],
  [5, [4]],
  [6, [1, 4]],
  [3, [0, 1, 2]],
])('a thread that ends costs its culprits, wherever they are: of %d in a chunk, %j', async (count, culprits) => {
  const result = await oneThread.cpu.mapSettled(exitingAt(count, culprits), step, { chunk: count });
  expect(endsOf(result.outcomes)).toEqual(costing(count, culprits));
});

test.each([1, 3])('a thread that ends costs its culprits alone (chunk: %d)', async (chunk) => {
  const result = await twoThreads.cpu.mapSettled(exitingAt(12, [2, 3, 9]), step, { chunk });
  expect(endsOf(result.outcomes)).toEqual(costing(12, [2, 3, 9]));
});

test('a thread that ends costs a stream the culprit alone, and the order is kept', async () => {
  const outcomes = await collect(oneThread.cpu.stream(exitingAt(8, [3]), step, { chunk: 4 }));
  expect(outcomes.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(endsOf(outcomes)).toEqual(costing(8, [3]));
});

test('a thread that ends makes a cpu.map() reject', async () => {
  await expect(oneThread.cpu.map(exitingAt(8, [3]), step, { chunk: 4 })).rejects.toBeInstanceOf(WorkerCrashedError);
});

test('a thread that ends costs nothing that is next in line, nor another call', async () => {
  const { cpu } = oneThread;
  for (let round = 0; round < 5; round += 1) {
    const [door] = threadGates(1);
    const crash = rejectionOf(cpu.run(step, { id: 0, gate: door?.memory, ending: 'exit' }));
    const others = cpu.mapSettled(steps(10), step, { chunk: 5 });
    const single = cpu.run(step, { id: 1 });
    await door?.arrived();
    door?.open();
    expect(await crash).toBeInstanceOf(WorkerCrashedError);
    expect(endsOf((await others).outcomes)).toEqual(costing(10, []));
    expect(await single).toMatchObject({ id: 1 });
  }
});

test('fifty crashes in a row cost fifty items', async () => {
  const { cpu } = twoThreads;
  const result = await cpu.mapSettled(
    steps(100, (id) => ({ ending: id % 2 === 0 ? crashes[(id / 2) % crashes.length] : undefined })),
    step,
  );
  expect(endsOf(result.outcomes)).toEqual(
    costing(
      100,
      steps(50).map(({ id }) => 2 * id),
    ),
  );
});

describe('with `transfer`', () => {
  const transfer = true;

  test('a thread that ends costs what ran in it; what was not moved is run again', async () => {
    const items = steps(5, (id) => ({ ending: id === 1 ? 'exit' : undefined }));
    const result = await oneThread.cpu.mapSettled(items, step, { transfer, chunk: 5 });
    expect(endsOf(result.outcomes)).toEqual(costing(5, [1]));
  });

  test('an item over its timeout costs itself', async () => {
    const items = steps(4, (id) => ({ ending: id === 1 ? 'never' : undefined }));
    const result = await oneThread.cpu.mapSettled(items, step, { transfer, chunk: 4, timeoutMs: 50 });
    expect(endsOf(result.outcomes)).toEqual(['fulfilled', 'TaskTimeoutError', 'fulfilled', 'fulfilled']);
  });

  test('what was moved is lost with the thread, and its error says why', async () => {
    const items = steps(3, (id) => (id === 1 ? { ending: 'exit' } : { bytes: new Uint8Array(8) }));
    const { outcomes, rejected } = await oneThread.cpu.mapSettled(items, step, { transfer, chunk: 3 });
    expect(endsOf(outcomes)).toEqual(Array(3).fill('WorkerCrashedError'));
    expect(String(rejected[0]?.reason)).toMatch(
      /Cannot run item 0 once more: its buffers were moved to a thread of step\.worker\.ts that ended with another item, ".+"; leave transfer out/,
    );
  });

  test('an error that was left behind is no error of loading', async () => {
    await oneThread.cpu.run(step, { id: 0 });
    const items = steps(3, (id) => (id === 0 ? { ending: 'reject unnoticed' } : { bytes: new Uint8Array(8) }));
    const { outcomes } = await oneThread.cpu.mapSettled(items, step, { transfer });
    expect(endsOf(outcomes)).not.toContain('WorkerLoadError');
    expect(endsOf(outcomes)[2]).toBe('fulfilled');
  });
});

test('many calls that leave an error behind cost no other one', async () => {
  await twoThreads.cpu.run(step, { id: 0 });
  const leaving = steps(24, () => ({ ending: 'reject unnoticed' }));
  const ends = await Promise.all(leaving.map((each) => twoThreads.cpu.run(step, each).then(() => 'fulfilled', String)));
  expect(ends.filter((end) => end.includes('WorkerLoadError'))).toEqual([]);
});

test('crashes count as failures', async () => {
  const result = await oneThread.cpu.mapSettled(
    steps(50, (id) => ({ ending: id % 2 === 1 ? 'exit' : undefined })),
    step,
    { chunk: 5, toleratedFailureCount: 2 },
  );
  expect(result).toMatchObject({ completionReason: 'failure-tolerance-exceeded', rejectedCount: 3 });
  expect(result.outcomes).toHaveLength(50);
});

/**
 * An error that a worker leaves behind for later. It may cost the item that left it, or nothing: whoever is next in the thread has
 * nothing to do with it.
 */
describe.each<Ending>(['reject unnoticed', 'throw in a tick', 'throw in a microtask'])(
  'an item that returns after "%s"',
  (ending) => {
    test.each<[Ending | undefined, 'auto' | number]>([
      [undefined, 'auto'],
      ['later', 'auto'],
      [undefined, 5],
      ['later', 20],
    ])('costs no other item, which end by %s (chunk: %s)', async (other, chunk) => {
      const result = await oneThread.cpu.mapSettled(
        steps(30, (id) => ({ ending: id === 3 || id === 20 ? ending : other })),
        step,
        { chunk },
      );
      const ends = endsOf(result.outcomes);
      expect(ends.filter((_, id) => id !== 3 && id !== 20)).toEqual(costing(28, []));
      for (const id of [3, 20]) expect(['fulfilled', 'WorkerCrashedError']).toContain(ends[id]);
    });

    test.each<Ending | undefined>([undefined, 'later'])('costs nothing of a later call, whose items end by %s', async (other) => {
      const { cpu } = oneThread;
      await cpu.mapSettled([{ id: 0, ending }], step);
      const result = await cpu.mapSettled(
        steps(4, () => ({ ending: other })),
        step,
        { chunk: 2 },
      );
      expect(endsOf(result.outcomes)).toEqual(costing(4, []));
    });
  },
);

test('a thread that is ended while it starts is replaced, and nothing waits for ever', async () => {
  // Without a margin there is no grace: an abort ends threads at once.
  await using runtime = createParallel({ workers: [step], maxThreads: 2, deadlineMarginMs: 0 });
  const { cpu } = runtime;
  for (let round = 0; round < 3; round += 1) {
    const caller = new AbortController();
    const gates = threadGates(2);
    const [first, second] = gates.map((gate, id) =>
      cpu.run(step, { id, gate: gate.memory, ending: id === 0 ? 'exit' : undefined }),
    );
    await arrivedAt(gates, 2);
    const hanging = steps(2).map((each) => cpu.run(step, { ...each, ending: 'hang' }, { signal: caller.signal }));
    const aborted = Promise.all(hanging.map(rejectionOf));
    gates[0]?.open();
    await expect(first).rejects.toBeInstanceOf(WorkerCrashedError);
    // The other thread has time for what is in line, and so has the one that is just being started.
    gates[1]?.open();
    await second;
    caller.abort(new Error('enough'));
    expect((await aborted).map(({ message }) => message)).toEqual(['enough', 'enough']);
    const doors = threadGates(2);
    const crash = doors.map((door, id) => rejectionOf(cpu.run(step, { id, gate: door.memory, ending: 'exit' })));
    await arrivedAt(doors, 2);
    const inLine = steps(2).map((each) => cpu.run(step, each));
    for (const door of doors) door.open();
    await Promise.all(crash);
    expect((await Promise.all(inLine)).map(({ id }) => id)).toEqual([0, 1]);
  }
}, 10_000);

const fileOf = (name: string): URL => new URL(`./workers/${name}.worker.ts`, import.meta.url);
const loadExits = workerRef<typeof import('./workers/load-exits.worker.ts')>(fileOf('load-exits'));
const loadThrows = workerRef<typeof import('./workers/load-throws.worker.ts')>(fileOf('load-throws'));
const loadHangs = workerRef<typeof import('./workers/load-hangs.worker.ts')>(fileOf('load-hangs'));
const loadWaits = workerRef<typeof import('./workers/load-waits.worker.ts')>(fileOf('load-waits'));

describe.each([
  ['exits', loadExits, 'worker exited with code: 4'],
  ['throws', loadThrows, 'no such table'],
] as const)('a worker file that %s while it is loaded', (_, broken, why) => {
  test('costs its items, and no item of another worker', async () => {
    await using runtime = createParallel({ workers: [broken, step], maxThreads: 2 });
    const { cpu } = runtime;
    const [single, settled, good] = await Promise.all([
      rejectionOf(cpu.run(broken, 1)),
      cpu.mapSettled([1, 2, 3, 4, 5], broken, { chunk: 2 }),
      cpu.mapSettled(steps(50), step),
    ]);
    expect(single).toBeInstanceOf(WorkerLoadError);
    expect(single.message).toContain(why);
    expect(settled).toMatchObject({ rejectedCount: 5, completionReason: 'all-settled' });
    for (const { reason } of settled.rejected) expect(reason).toBeInstanceOf(WorkerLoadError);
    expect(endsOf(good.outcomes)).toEqual(costing(50, []));
    expect(await cpu.run(step, { id: 1 })).toMatchObject({ id: 1 });
    expect(runtime.statistics.cpu).toMatchObject({ runningCount: 0, rejectedCount: 6 });
  });
});

describe.each([
  ['computes for ever', loadHangs],
  ['waits for ever', loadWaits],
] as const)('a worker file that %s while it is loaded', (_, broken) => {
  test('is left at the deadline', async () => {
    await using runtime = createParallel({ workers: [broken], maxThreads: 1, deadlineMarginMs: 100 }, countdown(300));
    const { cpu } = runtime;
    const single = expect(cpu.run(broken, 1)).rejects.toMatchObject({ code: 'ERR_PARALLEL_DEADLINE' });
    const result = await cpu.mapSettled([1, 2], broken);
    expect(result.outcomes).toEqual([0, 1].map((index) => ({ status: 'skipped', index, reason: 'deadline' })));
    await single;
  });

  test('is given up after ten seconds, and keeps no other worker from its thread', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      await using runtime = createParallel({ workers: [broken, step], maxThreads: 1 });
      const run = runtime.cpu.run(step, { id: 1 });
      await vi.advanceTimersByTimeAsync(11_000);
      expect(await run).toMatchObject({ id: 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  test('costs an item with a timeout that item, after ten seconds more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      await using runtime = createParallel({ workers: [broken], maxThreads: 1 });
      const run = rejectionOf(runtime.cpu.run(broken, 1, { timeoutMs: 500 }));
      let isSettled = false;
      void run.then(() => {
        isSettled = true;
      });
      // First the thread is given up that was to have the file ready, then the one that was to run it.
      for (let seconds = 0; !isSettled; seconds += 1) {
        await vi.advanceTimersByTimeAsync(seconds < 11 ? 1000 : 100);
        await new Promise(setImmediate);
      }
      expect(await run).toMatchObject({ code: 'ERR_PARALLEL_TASK_TIMEOUT' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('in a process of its own', () => {
  const script = (body: string): string => `
    import { createParallel } from 'lambda-parallel';
    import { endsOf, step, steps } from './test/helpers/steps.ts';
    ${body}`;

  test('a worker that runs out of memory costs its item, again and again', async () => {
    const code = `
      import { createParallel, workerRef } from 'lambda-parallel';
      import { pathToFileURL } from 'node:url';
      const url = new URL('test/cpu/workers/misbehave.worker.ts', pathToFileURL(process.cwd() + '/'));
      const misbehave = workerRef(url);
      await using runtime = createParallel({ workers: [misbehave], maxThreads: 2 });
      const items = ['none', 'out-of-memory', 'none', 'none', 'none', 'out-of-memory', 'none'];
      const { outcomes } = await runtime.cpu.mapSettled(items, misbehave, { chunk: 4 });
      console.log(outcomes.map((outcome) => outcome.value ?? outcome.reason.cause.code).join());
      console.log(outcomes[1].reason.message);`;
    const { stdout, stderr, exitCode } = await runScript(code, {
      NODE_OPTIONS: '--max-old-space-size=100 --max-semi-space-size=4',
    });
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [values, message] = stdout.trim().split('\n');
    expect(values).toBe('fine,ERR_WORKER_OUT_OF_MEMORY,fine,fine,fine,ERR_WORKER_OUT_OF_MEMORY,fine');
    expect(message).toMatch(/^Cannot finish item 1: .*memory.*raise the function's memory setting, lower maxThreads/);
  });

  test('Node does not exit while a crash leaves no thread for a moment', async () => {
    const { stdout, exitCode } = await runScript(
      script(`
        await using runtime = createParallel({ workers: [step], maxThreads: 1 });
        const items = steps(12, (id) => ({ ending: id % 3 === 0 ? 'exit' : undefined }));
        const { outcomes } = await runtime.cpu.mapSettled(items, step, { chunk: 4 });
        console.log(endsOf(outcomes).filter((end) => end === 'fulfilled').length);`),
    );
    expect({ stdout, exitCode }).toEqual({ stdout: '8\n', exitCode: 0 });
  });

  test('threads that ended do not live on', async () => {
    const { stdout, exitCode } = await runScript(
      script(`
        await using runtime = createParallel({ workers: [step], maxThreads: 2 });
        const endings = ['exit', 'exit 0', 'uncaught', 'unhandled', ...new Array(12).fill('throw in a microtask')];
        const items = steps(endings.length, (id) => ({ ending: endings[id] }));
        const { outcomes } = await runtime.cpu.mapSettled(items, step, { chunk: 1 });
        console.log(outcomes.length);`),
    );
    expect({ stdout, exitCode }).toEqual({ stdout: '16\n', exitCode: 0 });
  });
});
