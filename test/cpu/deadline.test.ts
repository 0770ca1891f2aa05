import {
  type Cpu,
  createParallel,
  DeadlineExceededError,
  InvocationEndedError,
  type ParallelResult,
  type ParallelRuntime,
  TaskAbandonedError,
  withParallel,
} from 'lambda-parallel';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { countdown } from '../helpers/countdown.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { runScript } from '../helpers/run-script.ts';
import { begunCounts, endsOf, step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';
import type { Stepped } from './workers/step.worker.ts';

const MARGIN_MS = 400;

interface Invocation {
  /** Time until its deadline, in ms. */
  readonly deadlineMs: number;
  readonly body: (runtime: ParallelRuntime) => Promise<unknown>;
}

/** A handler whose invocations all have the same threads, and what waits until these are ready. */
function handlerWith(maxThreads: number) {
  const options = { workers: [step], maxThreads, deadlineMarginMs: MARGIN_MS };
  const handler = withParallel(options, ({ body }: Invocation, { parallel }) => body(parallel));
  const invoke = async <Result>(deadlineMs: number, body: (runtime: ParallelRuntime) => Promise<Result>): Promise<Result> =>
    (await handler({ deadlineMs, body }, lambdaContext(deadlineMs + MARGIN_MS))) as Result;
  const ready = (): Promise<unknown> =>
    invoke(60_000, async ({ cpu }) => {
      const gates = threadGates(maxThreads);
      const runs = gates.map((gate, id) => cpu.run(step, { id, gate: gate.memory }));
      await arrivedAt(gates, maxThreads);
      for (const gate of gates) gate.open();
      return await Promise.all(runs);
    });
  return { invoke, ready };
}

const { invoke: onOneThread, ready: oneIsReady } = handlerWith(1);
const { invoke: onTwoThreads, ready: twoAreReady } = handlerWith(2);

beforeEach(() => Promise.all([oneIsReady(), twoAreReady()]));

describe('when the deadline has passed before', () => {
  test('everything is skipped, and nothing begun', () =>
    onOneThread(-1, async ({ cpu }) => {
      const { memory, counts } = begunCounts(3);
      const items = steps(3, () => ({ begun: memory }));
      expect(await cpu.mapSettled(items, step)).toMatchObject({
        outcomes: items.map(({ id }) => ({ status: 'skipped', index: id, reason: 'deadline' })),
        completionReason: 'deadline',
        isInputExhausted: true,
      });
      await expect(cpu.run(step, { id: 0, begun: memory })).rejects.toBeInstanceOf(DeadlineExceededError);
      await expect(cpu.map(items, step)).rejects.toBeInstanceOf(DeadlineExceededError);
      expect(endsOf(await collect(cpu.stream(items, step)))).toEqual(['deadline', 'deadline', 'deadline']);
      await expect(collect(cpu.stream(items.values(), step))).rejects.toBeInstanceOf(DeadlineExceededError);
      expect([...counts]).toEqual([0, 0, 0]);
      expect(cpu.statistics).toMatchObject({ skippedCount: 6, chunkCount: 0, rejectedCount: 0 });
    }));

  test('an iterator is not pulled', () =>
    onOneThread(-1, async ({ cpu }) => {
      const next = vi.fn(() => ({ done: false as const, value: { id: 0 } }));
      const result = await cpu.mapSettled({ [Symbol.iterator]: () => ({ next }) }, step);
      expect(result).toMatchObject({ outcomes: [], completionReason: 'deadline', isInputExhausted: false });
      expect(next).not.toHaveBeenCalled();
    }));
});

describe('at the deadline', () => {
  test('what runs is given half the margin, and what has not begun is skipped', () =>
    onOneThread(100, async ({ cpu, signal }) => {
      const [door] = threadGates(1);
      const { memory, counts } = begunCounts(10);
      const run = cpu.mapSettled(
        steps(10, (id) => ({ begun: memory, gate: id === 0 ? door?.memory : undefined })),
        step,
        { chunk: 5 },
      );
      // The signal is told at the same time.
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      door?.open();
      const { outcomes, completionReason, isInputExhausted } = await run;
      expect(endsOf(outcomes)).toEqual(['fulfilled', ...new Array(9).fill('deadline')]);
      expect({ completionReason, isInputExhausted }).toEqual({ completionReason: 'deadline', isInputExhausted: true });
      expect([...counts]).toEqual([1, ...new Array(9).fill(0)]);
      expect(cpu.statistics).toMatchObject({ fulfilledCount: 1, skippedCount: 9, rejectedCount: 0, runningCount: 0 });
    }));

  test('what takes no notice is abandoned after half the margin, and its thread replaced', async () => {
    const { threadId } = await onOneThread(60_000, ({ cpu }) => cpu.run(step, { id: 0 }));
    await onOneThread(100, async ({ cpu, remainingMs }) => {
      const startedAtMs = performance.now();
      const [door] = threadGates(1);
      const { outcomes, rejected, completionReason } = await cpu.mapSettled(
        steps(4, (id) => ({ gate: id === 1 ? door?.memory : undefined })),
        step,
        { chunk: 1 },
      );
      const tookMs = performance.now() - startedAtMs;
      expect(endsOf(outcomes)).toEqual(['fulfilled', 'TaskAbandonedError', 'deadline', 'deadline']);
      expect(completionReason).toBe('deadline');
      const reason = rejected[0]?.reason as TaskAbandonedError;
      expect(reason).toBeInstanceOf(TaskAbandonedError);
      expect(reason.cause).toBeInstanceOf(DeadlineExceededError);
      expect(reason.message).toMatch(/item 1: its task was still running \d+ ms after it was told to stop/);
      // The grace was given; the other half of the margin is the response's.
      expect(tookMs).toBeGreaterThanOrEqual(remainingMs + MARGIN_MS / 2 - 2);
      expect(tookMs).toBeLessThan(remainingMs + MARGIN_MS);
      expect(cpu.statistics).toMatchObject({ fulfilledCount: 1, rejectedCount: 1, skippedCount: 2 });
    });
    expect((await onOneThread(60_000, ({ cpu }) => cpu.run(step, { id: 0 }))).threadId).not.toBe(threadId);
  });

  test('cpu.run() and cpu.map() reject at once', () =>
    onTwoThreads(100, async ({ cpu }) => {
      const [door] = threadGates(1);
      const held = { id: 0, gate: door?.memory };
      const errors = await Promise.all([
        rejectionOf(cpu.run(step, held)),
        rejectionOf(cpu.map([held, held], step, { chunk: 1 })),
        // Never begun.
        rejectionOf(cpu.run(step, { id: 1 })),
        rejectionOf(cpu.map([{ id: 2 }], step)),
      ]);
      for (const error of errors) expect(error).toBeInstanceOf(DeadlineExceededError);
      // Nothing was waited for.
      expect(cpu.statistics.runningCount).toBeGreaterThan(0);
      door?.open();
    }));

  test('cpu.stream() of an array yields the rest as skipped, and ends', () =>
    onOneThread(100, async ({ cpu }) => {
      const [door] = threadGates(1);
      const items = steps(6, (id) => ({ gate: id === 2 ? door?.memory : undefined }));
      const outcomes = await collect(cpu.stream(items, step, { chunk: 2 }));
      expect(outcomes.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(endsOf(outcomes)).toEqual(['fulfilled', 'fulfilled', 'TaskAbandonedError', 'deadline', 'deadline', 'deadline']);
      expect(cpu.statistics).toMatchObject({ fulfilledCount: 2, rejectedCount: 1, skippedCount: 3 });
    }));

  test('cpu.stream() of an iterator throws after the outcomes of what it was given', () =>
    onOneThread(100, async ({ cpu }) => {
      const [door] = threadGates(1);
      function* endless() {
        for (let id = 0; ; id += 1) yield { id, gate: id === 2 ? door?.memory : undefined };
      }
      const ends: string[] = [];
      const read = async (): Promise<void> => {
        for await (const outcome of cpu.stream(endless(), step, { chunk: 1, backpressure: 5 })) {
          ends.push(endsOf([outcome])[outcome.index] ?? '');
        }
      };
      await expect(read()).rejects.toBeInstanceOf(DeadlineExceededError);
      expect(ends.slice(0, 3)).toEqual(['fulfilled', 'fulfilled', 'TaskAbandonedError']);
      expect(new Set(ends.slice(3))).toEqual(new Set(['deadline']));
    }));

  test('an endless generator is left, in the middle of computing', () =>
    onTwoThreads(100, async ({ cpu }) => {
      let pulledCount = 0;
      let isClosed = false;
      function* endless() {
        try {
          while (true) yield { id: pulledCount++ };
        } finally {
          isClosed = true;
        }
      }
      const result = await cpu.mapSettled(endless(), step);
      expect(result).toMatchObject({ completionReason: 'deadline', isInputExhausted: false, rejectedCount: 0 });
      expect(result.outcomes).toHaveLength(pulledCount);
      expect(result.fulfilledCount).toBeGreaterThan(0);
      expect(isClosed).toBe(true);
    }));

  test('what ended in time is there, although this thread was busy past the grace', () =>
    onOneThread(100, async ({ cpu }) => {
      const [door] = threadGates(1);
      const run = cpu.mapSettled([{ id: 0, gate: door?.memory }, { id: 1 }], step, { chunk: 1 });
      await door?.arrived();
      await inTimer(() => {
        door?.open();
        // As where a large document is parsed: past the deadline, and past what was left for items to stop.
        busyFor(100 + MARGIN_MS / 2 + 50);
      });
      const { outcomes } = await run;
      expect(endsOf(outcomes)[0]).toBe('fulfilled');
      expect(outcomes).toHaveLength(2);
    }));

  test('a deadline that is noticed late costs another invocation nothing', async () => {
    const [door] = threadGates(1);
    const first = onOneThread(100, async ({ cpu }) => {
      const run = cpu.mapSettled([{ id: 0, gate: door?.memory }], step);
      await door?.arrived();
      return await run;
    });
    await door?.arrived();
    const second = onOneThread(60_000, ({ cpu }) => cpu.mapSettled(steps(10), step, { chunk: 2 }));
    const third = onOneThread(60_000, ({ cpu }) => cpu.run(step, { id: 3 }));
    await inTimer(() => {
      door?.open();
      busyFor(100 + MARGIN_MS / 2 + 50);
    });
    expect((await first).outcomes).toHaveLength(1);
    expect(endsOf((await second).outcomes)).toEqual(new Array(10).fill('fulfilled'));
    expect(await third).toMatchObject({ id: 3 });
  });
});

/** Where timers come next, before any message of a thread. */
function inTimer(happen: () => void): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      happen();
      resolve();
    }, 1);
  });
}

function busyFor(ms: number): void {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs; );
}

test('the end of the invocation ends what was not awaited, and its threads go on', async () => {
  let leftBehind: { cpu: Cpu; settled: Promise<ParallelResult<Stepped>>; single: Promise<Error> } | undefined;
  await onOneThread(60_000, async ({ cpu }) => {
    const [door] = threadGates(1);
    const settled = cpu.mapSettled([{ id: 0, gate: door?.memory }, { id: 1 }], step, { chunk: 1 });
    leftBehind = { cpu, settled, single: rejectionOf(cpu.run(step, { id: 0 })) };
    await door?.arrived();
  });
  expect(endsOf((await leftBehind?.settled)?.outcomes ?? [])).toEqual(['TaskAbandonedError', 'aborted']);
  expect(await leftBehind?.single).toBeInstanceOf(InvocationEndedError);
  await expect(leftBehind?.cpu.run(step, { id: 0 })).rejects.toBeInstanceOf(InvocationEndedError);
  expect(await onOneThread(60_000, ({ cpu }) => cpu.run(step, { id: 7 }))).toMatchObject({ id: 7 });
  await expect.poll(() => leftBehind?.cpu.statistics.runningCount).toBe(0);
});

test('a handler answers in time, whatever its items do', async () => {
  const items = steps(6, (id) => ({ ending: id < 3 ? 'hang' : 'never' }));
  const startedAtMs = performance.now();
  const result = await onTwoThreads(100, ({ cpu }) => cpu.mapSettled(items, step, { chunk: 1 }));
  expect(performance.now() - startedAtMs).toBeLessThan(100 + MARGIN_MS);
  expect(endsOf(result.outcomes)).toEqual(['TaskAbandonedError', 'TaskAbandonedError', ...new Array(4).fill('deadline')]);
});

test('an iterator that takes its time for a chunk of a fixed size is not pulled past the deadline', async () => {
  await using runtime = createParallel({ workers: [step], maxThreads: 1, deadlineMarginMs: 50 }, countdown(200));
  let pulledCount = 0;
  function* slowly() {
    for (let id = 0; ; id += 1) {
      for (const untilMs = performance.now() + 1; performance.now() < untilMs; );
      pulledCount += 1;
      yield { id };
    }
  }
  const result = await runtime.cpu.mapSettled(slowly(), step, { chunk: 1_000_000 });
  expect(result).toMatchObject({ completionReason: 'deadline', isInputExhausted: false });
  expect(result.skippedCount).toBe(pulledCount);
});

test('after the end of the invocation every call throws InvocationEndedError', async () => {
  const runtime = createParallel({ workers: [step], maxThreads: 1 });
  await runtime[Symbol.asyncDispose]();
  const { cpu } = runtime;
  await expect(cpu.run(step, { id: 0 })).rejects.toBeInstanceOf(InvocationEndedError);
  await expect(cpu.map(steps(1), step)).rejects.toBeInstanceOf(InvocationEndedError);
  await expect(cpu.mapSettled(steps(1), step)).rejects.toBeInstanceOf(InvocationEndedError);
  expect(() => cpu.stream(steps(1), step)).toThrow(InvocationEndedError);
});

test('`using` ends what runs: with an outcome that says so', async () => {
  const runtime = createParallel({ workers: [step], maxThreads: 1 });
  const [door] = threadGates(1);
  const { cpu } = runtime;
  const settled = cpu.mapSettled([{ id: 0, gate: door?.memory }, { id: 1 }, { id: 2 }], step, { chunk: 1 });
  const mapped = rejectionOf(cpu.map(steps(2), step));
  const single = rejectionOf(cpu.run(step, { id: 0 }));
  await door?.arrived();
  runtime[Symbol.dispose]();
  expect(endsOf((await settled).outcomes)).toEqual(['TaskAbandonedError', 'aborted', 'aborted']);
  expect(await mapped).toBeInstanceOf(InvocationEndedError);
  expect(await single).toBeInstanceOf(InvocationEndedError);
});

describe('in a process of its own', () => {
  const script = (body: string): string => `
    import { createParallel, withParallel } from 'lambda-parallel';
    import { endsOf, step, steps } from './test/helpers/steps.ts';
    const context = { getRemainingTimeInMillis: () => 30_000 };
    const briefContext = { getRemainingTimeInMillis: () => 800 };
    ${body}`;

  test.each([
    ['an engine that was not used', 'createParallel({ workers: [step], maxThreads: 2 });'],
    ['threads that have done their work', 'await createParallel({ workers: [step], maxThreads: 2 }).cpu.map(steps(100), step);'],
    [
      'a stream that was left behind',
      'await createParallel({ workers: [step], maxThreads: 2 }).cpu.stream(steps(100), step, { backpressure: 4 }).next();',
    ],
    [
      'handlers, which share their threads',
      `const handler = withParallel({ workers: [step], maxThreads: 2 }, (_, { parallel }) => parallel.cpu.map(steps(100), step));
       await Promise.all([handler({}, context), handler({}, context)]);`,
    ],
    [
      'an item that never ends, once the deadline has come',
      `const handler = withParallel({ workers: [step], maxThreads: 2 }, async (_, { parallel }) => {
         const { outcomes } = await parallel.cpu.mapSettled([{ id: 0, ending: 'hang' }, { id: 1, ending: 'never' }], step, { chunk: 1 });
         console.log(endsOf(outcomes).join());
       });
       await handler({}, briefContext);`,
    ],
  ])('%s does not keep the process alive', async (_, body) => {
    const { exitCode, stderr } = await runScript(script(body));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
