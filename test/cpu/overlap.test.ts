import { type Cpu, InvocationEndedError, type ParallelRuntime, withParallel } from 'lambda-parallel';
import { beforeEach, expect, test } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { begunCounts, endsOf, step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';
import type { Ending } from './workers/step.worker.ts';

const MARGIN_MS = 300;
const MAX_THREADS = 2;

/** Invocations of one handler in one process, all on the same two threads. */
const handler = withParallel(
  { workers: [step], maxThreads: MAX_THREADS, deadlineMarginMs: MARGIN_MS },
  (body: (runtime: ParallelRuntime) => Promise<unknown>, { parallel }) => body(parallel),
);

const invoke = async <Result>(body: (runtime: ParallelRuntime) => Promise<Result>, deadlineMs = 60_000): Promise<Result> =>
  (await handler(body, lambdaContext(deadlineMs + MARGIN_MS))) as Result;

beforeEach(() =>
  invoke(async ({ cpu }) => {
    const gates = threadGates(MAX_THREADS);
    const runs = gates.map((gate, id) => cpu.run(step, { id, gate: gate.memory }));
    await arrivedAt(gates, MAX_THREADS);
    for (const gate of gates) gate.open();
    await Promise.all(runs);
  }),
);

const allFulfilled = (count: number): string[] => new Array(count).fill('fulfilled');

test('invocations at once each have their own outcomes, in order', async () => {
  const results = await Promise.all(
    Array.from({ length: 12 }, (_, number) =>
      invoke(async ({ cpu }) => {
        const items = steps(50 + number, (id) => ({ ending: id === number ? 'throw' : undefined }));
        const { outcomes } = await cpu.mapSettled(items, step);
        return endsOf(outcomes);
      }),
    ),
  );
  for (const [number, ends] of results.entries()) {
    expect(ends).toEqual(steps(50 + number).map(({ id }) => (id === number ? 'RangeError' : 'fulfilled')));
  }
});

test('invocations at once have statistics apart', async () => {
  const [first, second] = await Promise.all([
    invoke(async ({ cpu, statistics }) => {
      await cpu.mapSettled(
        steps(30, (id) => ({ ending: id < 3 ? 'throw' : undefined })),
        step,
        { chunk: 10 },
      );
      return { ...statistics.cpu };
    }),
    invoke(async ({ cpu, statistics }) => {
      await cpu.map(steps(20), step, { chunk: 4 });
      await cpu.run(step, { id: 0 });
      return { ...statistics.cpu };
    }),
  ]);
  expect(first).toMatchObject({ fulfilledCount: 27, rejectedCount: 3, skippedCount: 0, chunkCount: 3, runningCount: 0 });
  expect(second).toMatchObject({ fulfilledCount: 21, rejectedCount: 0, skippedCount: 0, chunkCount: 6, runningCount: 0 });
  expect(first.threadCount).toBe(MAX_THREADS);
});

test('a long invocation does not keep a short one waiting', async () => {
  const gates = threadGates(40);
  const long = invoke(({ cpu }) =>
    cpu.mapSettled(
      steps(gates.length, (id) => ({ gate: gates[id]?.memory })),
      step,
      { chunk: 1 },
    ),
  );
  await arrivedAt(gates, MAX_THREADS);
  let isDone = false;
  const short = invoke(({ cpu }) => cpu.mapSettled(steps(3), step, { chunk: 3 })).finally(() => {
    isDone = true;
  });
  const opened = new Set<number>();
  while (!isDone && opened.size < gates.length - MAX_THREADS) {
    const next = gates.findIndex(({ arrivedCount }, index) => arrivedCount > 0 && !opened.has(index));
    opened.add(next);
    gates[next]?.open();
    await Promise.race([short, arrivedAt(gates, opened.size + MAX_THREADS)]);
  }
  expect(endsOf((await short).outcomes)).toEqual(allFulfilled(3));
  expect(opened.size).toBeLessThanOrEqual(2 * MAX_THREADS + 2);
  for (const gate of gates) gate.open();
  expect((await long).fulfilledCount).toBe(gates.length);
});

test.each<Ending>(['exit', 'uncaught', 'unhandled'])(
  'a crash of one invocation, by "%s", costs another nothing',
  async (ending) => {
    const { memory, counts } = begunCounts(60);
    const [crashing, good] = await Promise.all([
      invoke(({ cpu }) =>
        cpu.mapSettled(
          steps(12, (id) => ({ ending: id % 4 === 1 ? ending : undefined })),
          step,
          { chunk: 3 },
        ),
      ),
      invoke(({ cpu }) =>
        cpu.mapSettled(
          steps(60, () => ({ begun: memory, busyMs: 1 })),
          step,
          { chunk: 5 },
        ),
      ),
    ]);
    expect(endsOf(crashing.outcomes)).toEqual(steps(12).map(({ id }) => (id % 4 === 1 ? 'WorkerCrashedError' : 'fulfilled')));
    expect(endsOf(good.outcomes)).toEqual(allFulfilled(60));
    expect(counts.every((count) => count === 1)).toBe(true);
  },
);

test('a timeout of one invocation costs another nothing', async () => {
  const [hanging, good, stream] = await Promise.all([
    invoke(({ cpu }) =>
      cpu.mapSettled(
        steps(6, (id) => ({ ending: id % 3 === 1 ? 'hang' : undefined })),
        step,
        { chunk: 2, timeoutMs: 60 },
      ),
    ),
    invoke(({ cpu }) => cpu.mapSettled(steps(100), step)),
    invoke(({ cpu }) => collect(cpu.stream(steps(100), step, { timeoutMs: 5000 }))),
  ]);
  expect(endsOf(hanging.outcomes)).toEqual(steps(6).map(({ id }) => (id % 3 === 1 ? 'TaskTimeoutError' : 'fulfilled')));
  expect(endsOf(good.outcomes)).toEqual(allFulfilled(100));
  expect(endsOf(stream)).toEqual(allFulfilled(100));
});

test('the deadline of one invocation, whose items take no notice, costs another nothing', async () => {
  const { memory, counts } = begunCounts(2000);
  const [late, good] = await Promise.all([
    invoke(
      ({ cpu }) =>
        cpu.mapSettled(
          steps(4, (id) => ({ ending: id === 0 ? 'hang' : undefined, busyMs: 5 })),
          step,
          { chunk: 1 },
        ),
      100,
    ),
    invoke(({ cpu }) =>
      cpu.mapSettled(
        steps(2000, () => ({ begun: memory, busyMs: 0.2 })),
        step,
      ),
    ),
  ]);
  expect(endsOf(late.outcomes)[0]).toBe('TaskAbandonedError');
  expect(late.completionReason).toMatch('deadline');
  expect(endsOf(good.outcomes)).toEqual(allFulfilled(2000));
  expect(good.completionReason).toBe('all-settled');
  expect(counts.every((count) => count === 1)).toBe(true);
});

test('an abort in one invocation costs another nothing', async () => {
  const [door] = threadGates(1);
  const caller = new AbortController();
  const stopped = invoke(({ cpu }) =>
    cpu.mapSettled(
      steps(10, (id) => ({ gate: id === 2 ? door?.memory : undefined })),
      step,
      { chunk: 2, signal: caller.signal },
    ),
  );
  await door?.arrived();
  const good = invoke(({ cpu }) => cpu.mapSettled(steps(50), step, { chunk: 5 }));
  caller.abort('enough');
  const result = await stopped;
  expect(result.completionReason).toBe('aborted');
  expect(endsOf(result.outcomes)[2]).toBe('TaskAbandonedError');
  expect(endsOf((await good).outcomes)).toEqual(allFulfilled(50));
});

test('a failed cpu.map() of one invocation costs another nothing', async () => {
  const failed = Array.from({ length: 6 }, () =>
    rejectionOf(
      invoke(({ cpu }) =>
        cpu.map(
          steps(40, (id) => ({ ending: id === 7 ? 'throw' : undefined })),
          step,
          { chunk: 4 },
        ),
      ),
    ),
  );
  const good = await invoke(({ cpu }) => cpu.mapSettled(steps(500), step, { chunk: 10 }));
  expect(endsOf(good.outcomes)).toEqual(allFulfilled(500));
  for (const error of await Promise.all(failed)) expect(error.message).toBe('step 7 failed');
});

test('an invocation that has ended leaves nothing to the next: no item is begun, and its streams are over', async () => {
  const { memory, counts } = begunCounts(400);
  let left: Cpu | undefined;
  let stream: AsyncGenerator | undefined;
  await invoke(async ({ cpu }) => {
    left = cpu;
    void cpu.mapSettled(
      steps(400, () => ({ begun: memory, busyMs: 1 })),
      step,
      { chunk: 20 },
    );
    stream = cpu.stream(steps(400, () => ({ begun: memory })).values(), step);
    await stream.next();
  });
  const begun = counts.filter((count) => count > 0).length;
  expect(begun).toBeLessThan(400);
  expect(left?.statistics.runningCount).toBe(0);
  await invoke(({ cpu }) => cpu.map(steps(100), step));
  expect(counts.filter((count) => count > 0)).toHaveLength(begun);
  expect(await rejectionOf(collect(stream as AsyncGenerator))).toBeInstanceOf(InvocationEndedError);
  expect(counts.filter((count) => count > 0)).toHaveLength(begun);
});
