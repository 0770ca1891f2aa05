import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import middy from '@middy/core';
import { createParallel, parallel, withParallel, workerRef } from 'lambda-parallel';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { invoke } from '../helpers/invoke.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { runScript } from '../helpers/run-script.ts';

const workers = new URL('./workers/', import.meta.url);
const remembers = workerRef<typeof import('./workers/remembers.worker.ts')>(
  new URL('./workers/remembers.worker.ts', import.meta.url),
);
const double = workerRef<typeof import('./workers/double.worker.ts')>(new URL('./workers/double.worker.ts', import.meta.url));

/** Runs a script that prints what it found as JSON. */
async function found(body: string, env?: Record<string, string>): Promise<unknown> {
  const { stdout, stderr, exitCode } = await runScript(
    `
    import threads from 'node:worker_threads';
    import { createParallel, parallel, withParallel, workerRef } from 'lambda-parallel';
    const refTo = (name) => workerRef(new URL(name + '.worker.ts', ${JSON.stringify(workers.href)}));
    const [double, remembers, whichThread, misbehave] = ['double', 'remembers', 'which-thread', 'misbehave'].map(refTo);
    const context = { getRemainingTimeInMillis: () => 30_000 };
    const alive = new Set();
    // Piscina takes the class from the module for each thread.
    threads.Worker = class extends threads.Worker {
      constructor(...args) {
        super(...args);
        alive.add(this);
        this.on('exit', () => alive.delete(this));
      }
    };
    const threadCount = () => alive.size;
    /** Replacements are started when a thread exits: once there are as many as there ought to be, no more can come. */
    async function threadsLeft(count) {
      for (let turn = 0; turn < 1000 && threadCount() > count; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
      return threadCount();
    }
    /** Until each thread has run something, and so has loaded what comes first. */
    async function untilThreads(count, cpu, worker = whichThread) {
      const seen = new Set();
      while (seen.size < count) for (const id of await cpu.map(Array(count).fill(0), worker, { chunk: 1 })) seen.add(id);
      return [...seen].sort();
    }
    const print = (value) => console.log(JSON.stringify(value));
    ${body}
    `,
    env,
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return JSON.parse(stdout);
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'worker-pool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'loaded');
}

describe('threads are started', () => {
  test('nowhere where no worker is declared', async () => {
    const counts = await found(`
      const counts = [];
      for (const options of [undefined, {}, { workers: [] }, { workers: [], maxThreads: 4 }]) {
        parallel(options);
        withParallel(options ?? {}, () => 0);
        await using runtime = createParallel(options);
        await runtime.io.map([1], (item) => item);
        await runtime.cpu.run(double, 1).catch(() => undefined);
        counts.push(runtime.statistics.cpu.threadCount);
      }
      print([threadCount(), ...counts]);
    `);
    expect(counts).toEqual(Array(5).fill(0));
  });

  test.each([
    ['parallel()', 'parallel({ workers: [double], maxThreads: 3 })'],
    ['withParallel()', 'withParallel({ workers: [double], maxThreads: 3 }, () => 0)'],
    ['createParallel()', 'createParallel({ workers: [double], maxThreads: 3 })'],
  ])('by %s at once, before any invocation', async (_, call) => {
    expect(await found(`${call}; print(threadCount());`)).toBe(3);
  });

  test('and no more of them while there is much to do', async () => {
    const counts = await found(`
      await using runtime = createParallel({ workers: [double, whichThread], maxThreads: 2 });
      await Promise.all(Array.from({ length: 500 }, (_, index) => runtime.cpu.run(double, index)));
      const ids = await untilThreads(2, runtime.cpu);
      const { threadCount: count, peakRunningCount } = runtime.statistics.cpu;
      print([threadCount(), process.report.getReport().workers.length, ids, count, peakRunningCount]);
    `);
    expect(counts).toEqual([2, 2, [1, 2], 2, 2]);
  });

  test('and load the worker files, each in every thread, before they are used', async () => {
    const file = temporaryFile();
    const threads = await found(
      `
      import { readFileSync, existsSync } from 'node:fs';
      import { setImmediate } from 'node:timers/promises';
      parallel({ workers: [refTo('loads')], maxThreads: 3 });
      const lines = () => existsSync(process.env.LOADED_WORKERS) ? readFileSync(process.env.LOADED_WORKERS, 'utf8').trim().split('\\n') : [];
      // The process would end, as nothing keeps it.
      while (lines().length < 3) await setImmediate();
      print(lines().sort());
      `,
      { LOADED_WORKERS: file },
    );
    expect(threads).toEqual(['1', '2', '3']);
  });

  // Node 24.21 aborts the process where a thread is ended just when it has loaded an ES module: one of 1,500.
  test('and are not ended while they load, by the end of the runtime', async () => {
    const file = temporaryFile();
    const threads = await found(
      `
      import { readFileSync } from 'node:fs';
      {
        await using runtime = createParallel({ workers: [refTo('loads')], maxThreads: 3 });
      }
      print(readFileSync(process.env.LOADED_WORKERS, 'utf8').trim().split('\\n').sort());
      `,
      { LOADED_WORKERS: file },
    );
    expect(threads).toEqual(['1', '2', '3']);
  });

  test('and are not ended while they load, by an abort that has no grace', async () => {
    const threads = await found(`
      const slow = refTo('load-slowly');
      await using runtime = createParallel({ workers: [slow, whichThread], maxThreads: 1, deadlineMarginMs: 0 });
      const caller = new AbortController();
      const run = runtime.cpu.run(slow, 1, { signal: caller.signal });
      await new Promise(setImmediate);
      caller.abort(new Error('enough'));
      const message = await run.catch((error) => error.message);
      print([message, await runtime.cpu.run(whichThread, 0)]);
    `);
    expect(threads).toEqual(['enough', 1]);
  });

  test('not by a thread, whose worker file imports something of its handler', async () => {
    const ids = await found(`
      const { handler } = await import(${JSON.stringify(new URL('./limit.handler.ts', workers).href)});
      const answer = await handler({}, context);
      // Ids are given once in a process.
      const next = new threads.Worker('', { eval: true });
      print([answer, next.threadId]);
    `);
    expect(ids).toEqual([6, 2]);
  });

  test('not where an option is wrong or a worker file is missing', async () => {
    const result = await found(`
      const missing = refTo('no-such');
      const thrown = [];
      for (const options of [{ workers: [double, missing] }, { workers: [double], maxThreads: 0 }, { workers: [double], logger: {} }]) {
        for (const call of [() => parallel(options), () => withParallel(options, () => 0), () => createParallel(options)]) {
          try { call(); } catch (error) { thrown.push(error.name); }
        }
      }
      print([threadCount(), thrown]);
    `);
    expect(result).toEqual([0, ['WorkerFileError', 'RangeError', 'TypeError'].flatMap((name) => Array(3).fill(name))]);
  });
});

describe('threads are kept', () => {
  test('across the invocations of a handler, with what a worker keeps in module scope', async () => {
    const handler = withParallel({ workers: [remembers], maxThreads: 1 }, async (_event, { parallel: { cpu } }) => [
      await cpu.run(remembers, 0),
      ...(await cpu.map([1, 2], remembers)),
    ]);
    const first = await handler({}, lambdaContext());
    const second = await handler({}, lambdaContext());
    expect(first.map(({ callCount }) => callCount)).toEqual([1, 2, 3]);
    expect(second.map(({ callCount }) => callCount)).toEqual([4, 5, 6]);
    expect(new Set([...first, ...second].map(({ thread }) => thread)).size).toBe(1);
  });

  test('when a handler fails, and when it leaves work behind', async () => {
    const options = { workers: [remembers], maxThreads: 1 };
    const failing = withParallel(options, async (_event, context): Promise<number> => {
      const { thread } = await context.parallel.cpu.run(remembers, 0);
      throw Object.assign(new Error('handler'), { thread });
    });
    const leaving = withParallel(options, async (_event, context) => {
      void context.parallel.cpu.mapSettled(Array(100).fill(0), remembers);
      return await context.parallel.cpu.run(remembers, 0);
    });
    const { thread } = await rejectionOf(failing({}, lambdaContext()));
    expect(await leaving({}, lambdaContext())).toMatchObject({ thread });
    expect(await leaving({}, lambdaContext())).toMatchObject({ thread });
  });

  test('for all handlers of a process: one budget', async () => {
    const threads = await found(`
      const options = { workers: [remembers], maxThreads: 2 };
      parallel(options);
      parallel({ workers: [double, remembers], maxThreads: 2 });
      const one = withParallel(options, (_, { parallel }) => untilThreads(2, parallel.cpu));
      const other = withParallel({ workers: [remembers, whichThread], maxThreads: 2 }, (_, { parallel }) => untilThreads(2, parallel.cpu));
      print([await other({}, context), threadCount()]);
    `);
    expect(threads).toEqual([[1, 2], 2]);
  });

  test('for handlers with Middy and without', async () => {
    const options = { workers: [remembers], maxThreads: 1 };
    const withMiddy = middy()
      .use(parallel(options))
      .handler(async (_event, context) => context.parallel.cpu.run(remembers, 0));
    const without = withParallel(options, async (_event, context) => context.parallel.cpu.run(remembers, 0));
    const before = await invoke(withMiddy);
    const after = await without({}, lambdaContext());
    expect(after).toEqual({ thread: before.thread, callCount: before.callCount + 1 });
  });

  test('but not for createParallel(), whose threads are its own', async () => {
    const options = { workers: [remembers], maxThreads: 1 };
    await using one = createParallel(options);
    await using other = createParallel(options);
    const handler = withParallel(options, async (_event, context) => context.parallel.cpu.run(remembers, 0));
    const runs = await Promise.all([one.cpu.run(remembers, 0), other.cpu.run(remembers, 0), handler({}, lambdaContext())]);
    expect(new Set(runs.map(({ thread }) => thread)).size).toBe(3);
    expect(runs.slice(0, 2).map(({ callCount }) => callCount)).toEqual([1, 1]);
  });

  test('and run the workers of one handler only for that handler', async () => {
    const both = withParallel({ workers: [remembers, double], maxThreads: 1 }, async (_event, context) =>
      context.parallel.cpu.run(double, 2),
    );
    const one = withParallel({ workers: [remembers], maxThreads: 1 }, async (_event, context) =>
      context.parallel.cpu.run(double, 2),
    );
    expect(await both({}, lambdaContext())).toBe(4);
    expect((await rejectionOf(one({}, lambdaContext()))).message).toContain('double.worker.ts; add it to the options');
  });
});

describe('threads of createParallel() end with it', () => {
  const leavings: Record<string, string> = {
    'await using, unused': 'await using runtime = open();',
    'await using, used': 'await using runtime = open(); await runtime.cpu.map([1, 2, 3], double);',
    'using, unused': 'using runtime = open();',
    'using, used': 'using runtime = open(); await runtime.cpu.map([1, 2, 3], double);',
    'using, in the midst of it':
      'using runtime = open(); for await (const _ of runtime.cpu.stream(Array(1e5).fill(1), double)) break;',
    'await using, in the midst of it':
      'await using runtime = open(); runtime.cpu.map(Array(1e5).fill(1), double).catch(() => 0);',
    'disposed twice, one after the other':
      'await using runtime = open(); await runtime.cpu.run(double, 1); await runtime[Symbol.asyncDispose]();',
    'disposed twice, at once':
      'const runtime = open(); await runtime.cpu.run(double, 1); await Promise.all([runtime[Symbol.asyncDispose](), runtime[Symbol.asyncDispose]()]);',
    'disposed both ways': 'await using runtime = open(); await runtime.cpu.run(double, 1); runtime[Symbol.dispose]();',
    'disposed both ways, unused': 'await using runtime = open(); runtime[Symbol.dispose]();',
  };
  let left: Record<string, number>;

  beforeAll(async () => {
    const blocks = Object.entries(leavings).map(
      ([name, block]) => `{
        const before = threadCount();
        { ${block} }
        left[${JSON.stringify(name)}] = (await threadsLeft(before)) - before;
      }`,
    );
    left = (await found(`
      const open = () => createParallel({ workers: [double, remembers], maxThreads: 2 });
      const left = {};
      ${blocks.join('\n')}
      print(left);
    `)) as typeof left;
  });

  test.each(Object.keys(leavings))('%s', (name) => {
    expect(left[name]).toBe(0);
  });

  test('at the end of `await using`, not later', async () => {
    const counts = await found(`
      const counts = [];
      for (let round = 0; round < 20; round += 1) {
        {
          await using runtime = createParallel({ workers: [double], maxThreads: 2 });
          await runtime.cpu.map([1, 2], double, { chunk: 1 });
        }
        counts.push(threadCount());
      }
      print(counts);
    `);
    expect(counts).toEqual(Array(20).fill(0));
  });

  test('while those of handlers stay', async () => {
    const counts = await found(`
      const handler = withParallel({ workers: [double], maxThreads: 1 }, (_, { parallel }) => parallel.cpu.run(double, 2));
      const counts = [threadCount()];
      {
        await using runtime = createParallel({ workers: [double], maxThreads: 1 });
        counts.push(threadCount());
      }
      counts.push(threadCount(), await handler({}, context), threadCount());
      print(counts);
    `);
    expect(counts).toEqual([1, 2, 1, 4, 1]);
  });
});

describe('threads keep no process alive', () => {
  test.concurrent.each([
    ['that has just started them', 'createParallel({ workers: [double], maxThreads: 2 });'],
    ['of a handler that was never called', 'parallel({ workers: [double], maxThreads: 2 });'],
    [
      'that has used them',
      'const { cpu } = createParallel({ workers: [double], maxThreads: 2 }); await cpu.map([1, 2], double);',
    ],
    [
      'that has left a stream',
      'const { cpu } = createParallel({ workers: [double] }); for await (const _ of cpu.stream([1, 2], double)) break;',
    ],
    [
      'whose handler has answered',
      'const handler = withParallel({ workers: [double] }, (_, { parallel }) => parallel.cpu.run(double, 1)); await handler({}, context);',
    ],
    [
      'in which an item ended its thread',
      "const { cpu } = createParallel({ workers: [misbehave] }); await cpu.mapSettled(['exit', 'none'], misbehave);",
    ],
    [
      'that failed',
      'createParallel({ workers: [double] }); process.exitCode = 0; try { createParallel({ workers: [5] }); } catch {}',
    ],
  ])('%s', async (_, body) => {
    expect(await found(`${body}; print('done');`)).toBe('done');
  });

  test('but work that nobody awaits is done before it ends', async () => {
    expect(
      await found(`
        const { cpu } = createParallel({ workers: [double], maxThreads: 2 });
        cpu.map([1, 2, 3], double).then(print);
      `),
    ).toEqual([2, 4, 6]);
  });
});

test('threads can be started from within a thread, as on Managed Instances', async () => {
  const result = await found(`
    import { once } from 'node:events';
    const code = \`
      import { parentPort } from 'node:worker_threads';
      const { log } = console;
      const { withParallel, workerRef } = await import(${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)});
      const double = workerRef(new URL(${JSON.stringify(new URL('double.worker.ts', workers).href)}));
      const handler = withParallel({ workers: [double], maxThreads: 1 }, (event, { parallel }) => parallel.cpu.map(event, double));
      parentPort.postMessage([await handler([1, 2], { getRemainingTimeInMillis: () => 30_000 }), log === console.log]);
    \`;
    const thread = new threads.Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
    const [message] = await once(thread, 'message');
    print(message);
  `);
  expect(result).toEqual([[2, 4], true]);
});
