import middy from '@middy/core';
import { InvocationEndedError, type ParallelRuntime, parallel, withParallel, workerRef } from 'lambda-parallel';
import { describe, expect, test } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { handlerForms } from '../helpers/handler-forms.ts';
import { invoke } from '../helpers/invoke.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';

const at = (name: string): URL => new URL(`../cpu/workers/${name}.worker.ts`, import.meta.url);
const double = workerRef<typeof import('../cpu/workers/double.worker.ts')>(at('double'));
const throws = workerRef<typeof import('../cpu/workers/throws.worker.ts')>(at('throws'));
const echo = workerRef<typeof import('../cpu/workers/echo.worker.ts')>(at('echo'));

const options = { workers: [double, throws], maxThreads: 1 };

describe.each(handlerForms)('%s', (_, wrap) => {
  test('gives the handler context.parallel.cpu, with run, map, mapSettled and stream', async () => {
    const handler = wrap(options, async (event, { parallel: { cpu } }) => ({
      run: await cpu.run(double, 1),
      map: await cpu.map(event as number[], double),
      settled: (await cpu.mapSettled(['nothing', 'own code'], throws)).outcomes.map(({ status }) => status),
      stream: (await collect(cpu.stream([5], double))).map(({ item, index, status }) => [item, index, status]),
    }));
    expect(await handler([1, 2, 3], lambdaContext())).toEqual({
      run: 2,
      map: [2, 4, 6],
      settled: ['fulfilled', 'rejected'],
      stream: [[5, 0, 'fulfilled']],
    });
  });

  test('counts what threads did for this invocation alone', async () => {
    const handler = wrap(options, async (event, { parallel: { cpu, statistics, io } }) => {
      expect(statistics.cpu).toBe(cpu.statistics);
      await cpu.map(event as number[], double);
      await cpu.run(throws, 'TypeError').catch(() => undefined);
      await io.map([1], (item) => item);
      const { fulfilledCount, rejectedCount, skippedCount, runningCount, threadCount, peakRunningCount } = statistics.cpu;
      return {
        fulfilledCount,
        rejectedCount,
        skippedCount,
        runningCount,
        threadCount,
        peakRunningCount,
        io: statistics.io.fulfilledCount,
      };
    });
    const [few, many] = await Promise.all([handler([1, 2], lambdaContext()), handler(Array(100).fill(1), lambdaContext())]);
    const others = { rejectedCount: 1, skippedCount: 0, runningCount: 0, threadCount: 1, peakRunningCount: 1, io: 1 };
    expect(few).toEqual({ ...others, fulfilledCount: 2 });
    expect(many).toEqual({ ...others, fulfilledCount: 100 });
  });

  test('lets invocations overlap on the same threads, each with its own results', async () => {
    const handler = wrap(options, async (event, { parallel: { cpu } }) => cpu.map(event as number[], double));
    const events = Array.from({ length: 10 }, (_, request) => Array.from({ length: 50 }, (_, item) => request * 1000 + item));
    const responses = await Promise.all(events.map((event) => handler(event, lambdaContext())));
    expect(responses).toEqual(events.map((event) => event.map((item) => item * 2)));
  });

  test('answers with the error of a worker where the handler does not catch it', async () => {
    const handler = wrap(options, async (_event, { parallel: { cpu } }) => cpu.run(throws, 'own code'));
    expect(await rejectionOf(handler({}, lambdaContext()))).toMatchObject({ name: 'OwnCodeError', code: 'E_PAPER' });
  });

  test('ends cpu with the invocation', async () => {
    let left: ParallelRuntime | undefined;
    const handler = wrap(options, async (_event, { parallel: runtime }) => {
      left = runtime;
      return await runtime.cpu.run(double, 1);
    });
    expect(await handler({}, lambdaContext())).toBe(2);
    for (const call of [
      () => left?.cpu.run(double, 1),
      () => left?.cpu.map([1], double),
      () => left?.cpu.mapSettled([1], double),
      async () => left?.cpu.stream([1], double),
    ]) {
      expect(await rejectionOf(Promise.resolve(call()))).toBeInstanceOf(InvocationEndedError);
    }
  });

  test('runs workers within tasks of io', async () => {
    const handler = wrap(options, async (event, { parallel: { io, cpu } }) =>
      io.map(event as number[], async (item) => (await cpu.run(double, item)) + 1),
    );
    expect(await handler([1, 2, 3], lambdaContext())).toEqual([3, 5, 7]);
  });

  test('refuses a worker that another handler declared', async () => {
    wrap({ workers: [echo], maxThreads: 1 }, async () => 'unused');
    const handler = wrap(options, async (_event, { parallel: { cpu } }) => cpu.run(echo, 1));
    expect((await rejectionOf(handler({}, lambdaContext()))).message).toContain('its worker must be declared: echo.worker.ts');
  });

  test('has a cpu that refuses every worker where none is declared', async () => {
    const handler = wrap({}, async (_event, { parallel: { cpu } }) => [
      cpu.statistics.threadCount,
      await rejectionOf(cpu.run(double, 1)),
    ]);
    expect(await handler({}, lambdaContext())).toEqual([0, expect.any(TypeError)]);
  });
});

test('parallel() ends cpu, and keeps its threads, when a middleware fails', async () => {
  let left: ParallelRuntime | undefined;
  const failing = middy()
    .use(parallel(options))
    .use({
      before: ({ context }: { context: { parallel: ParallelRuntime } }) => {
        left = context.parallel;
        throw new Error('not allowed');
      },
    })
    .handler(async () => 'never');
  await expect(invoke(failing)).rejects.toThrow('not allowed');
  expect(await rejectionOf(Promise.resolve(left?.cpu.run(double, 1)))).toBeInstanceOf(InvocationEndedError);
  const handler = withParallel(options, async (_event, context) => context.parallel.cpu.run(double, 1));
  expect(await handler({}, lambdaContext())).toBe(2);
});

test('parallel() lets later middlewares use cpu before and after the handler', async () => {
  const results: number[] = [];
  const use = async ({ context }: { context: { parallel: ParallelRuntime } }): Promise<void> => {
    results.push(await context.parallel.cpu.run(double, results.length + 1));
  };
  const handler = middy()
    .use(parallel(options))
    .use({ before: use, after: use })
    .handler(async (_event, context) => {
      results.push(await context.parallel.cpu.run(double, 10));
    });
  await invoke(handler);
  expect(results).toEqual([2, 20, 6]);
});
