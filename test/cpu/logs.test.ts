import { AsyncLocalStorage } from 'node:async_hooks';
import { format, inspect } from 'node:util';
import { createParallel, type WorkerLogger, withParallel, workerRef } from 'lambda-parallel';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';
import { runScript } from '../helpers/run-script.ts';

const url = new URL('./workers/logging.worker.ts', import.meta.url);
const logging = workerRef<typeof import('./workers/logging.worker.ts')>(url);
const misbehave = workerRef<typeof import('./workers/misbehave.worker.ts')>(
  new URL('./workers/misbehave.worker.ts', import.meta.url),
);

const { logger, lines } = recordingLogger();
const runtime = createParallel({ workers: [logging, misbehave], maxThreads: 1, logger });
const { cpu } = runtime;

beforeEach(() => void lines.splice(0));
afterAll(() => runtime[Symbol.asyncDispose]());

describe('what a worker logs is written by the caller’s logger', () => {
  test('line by line, each at its level; `log` as info where the logger has none, and `trace` as error', async () => {
    await cpu.run(logging, 'levels');
    expect(lines.map(([level, text]) => [level, String(text).split('\n')[0]])).toEqual([
      ['debug', 'debug'],
      ['info', 'info'],
      ['info', 'log'],
      ['error', 'Trace: trace'],
      ['warn', 'warn'],
      ['error', 'error'],
    ]);
  });

  test('with `log` where the logger has it, as console does', async () => {
    const complete = recordingLogger(['debug', 'error', 'info', 'log', 'trace', 'warn']);
    await using own = createParallel({ workers: [logging], maxThreads: 1, logger: complete.logger });
    await own.cpu.run(logging, 'levels');
    expect(complete.lines.map(([level]) => level)).toEqual(['debug', 'info', 'log', 'error', 'warn', 'error']);
  });

  test('on console by default, also where its methods are replaced later, as Lambda does', async () => {
    await using own = createParallel({ workers: [logging], maxThreads: 1 });
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const error = vi.spyOn(console, 'error').mockReturnValue();
    try {
      await own.cpu.run(logging, 'kept');
      expect(log.mock.calls).toEqual([['kept log']]);
      expect(error.mock.calls).toEqual([['kept error']]);
    } finally {
      vi.restoreAllMocks();
    }
  });

  test('as a method of it', async () => {
    class Logger {
      readonly #lines: unknown[] = [];
      debug(): void {}
      warn(): void {}
      error(): void {}
      info(...args: unknown[]): void {
        this.#lines.push(args);
      }
      get lines(): unknown[] {
        return this.#lines;
      }
    }
    const own = new Logger();
    await using ownRuntime = createParallel({ workers: [logging], maxThreads: 1, logger: own });
    await ownRuntime.cpu.run(logging, 'hello');
    expect(own.lines).toEqual([['hello']]);
  });

  test('also where the worker file keeps `const { log } = console`', async () => {
    await cpu.run(logging, 'kept');
    expect(lines).toEqual([
      ['info', 'kept log'],
      ['error', 'kept error'],
    ]);
  });

  test('by run, map, mapSettled and stream, before they tell how the item went', async () => {
    const linesAt: unknown[] = [];
    await cpu.run(logging, 'run').then(() => linesAt.push([...lines]));
    await cpu.map(['map'], logging).then(() => linesAt.push([...lines]));
    await cpu.mapSettled(['settled'], logging).then(() => linesAt.push([...lines]));
    for await (const _ of cpu.stream(['stream'], logging)) linesAt.push([...lines]);
    const expected = ['run', 'map', 'settled', 'stream'].map((text) => ['info', text]);
    expect(linesAt).toEqual([1, 2, 3, 4].map((count) => expected.slice(0, count)));
  });

  test('in the order of the items of a chunk', async () => {
    const items = Array.from({ length: 20 }, (_, index) => `item ${index}`);
    await cpu.map(items, logging, { chunk: 20 });
    expect(lines).toEqual(items.map((item) => ['info', item]));
  });

  test('every one of 5,000 lines, in order', async () => {
    await cpu.run(logging, 'many');
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, line) => ['info', line]));
  });

  test('also what an asynchronous worker logs later', async () => {
    await cpu.run(logging, 'later');
    expect(lines).toEqual([
      ['info', 'first'],
      ['info', 'second'],
    ]);
  });

  test.each(['run', 'map', 'mapSettled', 'stream'] as const)('also those of an item that is rejected, by %s', async (name) => {
    if (name === 'run') await expect(cpu.run(logging, 'throws')).rejects.toThrow('thrown');
    else if (name === 'map') await expect(cpu.map(['throws'], logging)).rejects.toThrow('thrown');
    else if (name === 'mapSettled') expect((await cpu.mapSettled(['throws'], logging)).rejectedCount).toBe(1);
    else expect(await collect(cpu.stream(['throws'], logging))).toMatchObject([{ status: 'rejected' }]);
    expect(lines).toEqual([['info', 'before']]);
  });
});

describe('the arguments of a line', () => {
  test('stay data, so that a JSON logger has objects', async () => {
    await cpu.run(logging, 'data');
    expect(lines).toEqual([
      ['info', 'data', { nested: { list: [1, 2n] } }, new Map([['a', new Date(0)]]), undefined, null, -0, new Uint8Array([1])],
    ]);
  });

  test('may be none', async () => {
    await cpu.run(logging, 'nothing');
    expect(lines).toEqual([['info']]);
  });

  test('keep their placeholders', async () => {
    await cpu.run(logging, 'placeholders');
    expect(lines).toEqual([['info', '%s is %d years old', 'Ann', 30, { extra: true }]]);
  });

  test('are what they were when they were logged', async () => {
    await cpu.run(logging, 'snapshots');
    expect(lines).toEqual([
      ['info', { step: 1 }],
      ['info', { step: 2 }],
    ]);
  });

  test('are text where they cannot cross the thread boundary', async () => {
    await cpu.run(logging, 'no data');
    expect(lines).toEqual([
      [
        'info',
        expect.stringContaining('named'),
        'Symbol(s)',
        'Promise { 1 }',
        expect.stringContaining('callback'),
        expect.stringContaining('http://localhost/path'),
      ],
    ]);
  });

  test('are text where they are errors, with stack, cause and code', async () => {
    await cpu.run(logging, 'errors');
    const [[level, text]] = lines as [[string, string]];
    expect(level).toBe('error');
    expect(text).toMatch(/^RangeError: far\n {4}at /);
    expect(text).toContain('logging.worker.ts');
    expect(text).toContain("code: 'E_FAR'");
    expect(text).toContain('[cause]: Error: why');
  });

  test('never make the worker fail that logs them', async () => {
    expect(await cpu.run(logging, 'awkward')).toBe('awkward');
    expect(lines.map((line) => line.slice(0, 1))).toEqual(Array(4).fill(['info']));
    expect(inspect(lines[3])).toContain('shown in its own way');
  });
});

test('an argument that is nested deeply costs no item its outcome', { timeout: 5000 }, async () => {
  const recording = recordingLogger();
  using own = createParallel({ workers: [logging], maxThreads: 1, logger: recording.logger });
  expect(await own.cpu.run(logging, 'deep')).toBe('deep');
  expect(recording.lines).toEqual([['info', 'deep', expect.anything()]]);
});

describe('the other methods of console', () => {
  test.each([
    ['table', [['info', expect.stringMatching(/column[\s\S]*cell/)]]],
    [
      'group',
      [
        ['info', 'title'],
        ['info', 'inside'],
      ],
    ],
    [
      'count and assert',
      [
        ['info', 'calls: 1'],
        ['warn', expect.stringContaining('as expected')],
      ],
    ],
  ])('are lines as well: %s', async (way, expected) => {
    await cpu.run(logging, way);
    expect(lines).toEqual(expected);
  });

  test('are lines as well: timeEnd', async () => {
    await cpu.run(logging, 'time');
    expect(lines.map(([level, ...args]) => [level, format(...args)])).toEqual([['info', expect.stringMatching(/^step: .*ms$/)]]);
  });

  test('are lines as well: dir', async () => {
    await cpu.run(logging, 'dir');
    expect(inspect(lines)).toContain('with dir');
  });

  test('trace has the stack of the worker, not that of the caller', async () => {
    await cpu.run(logging, 'levels');
    expect(lines.map(([, text]) => text).join('\n')).toMatch(/trace\n {4}at [\s\S]*logging\.worker\.ts/);
  });
});

describe('the asynchronous context of a line is that of the call', () => {
  const request = new AsyncLocalStorage<string>();

  test.each(['run', 'map', 'mapSettled', 'stream'] as const)('of overlapping calls in one process, by %s', async (name) => {
    const seen: string[] = [];
    const tell = (...args: unknown[]): void => void seen.push(`${request.getStore()} ${args[0]}`);
    const tellingLogger: WorkerLogger = { debug: tell, info: tell, warn: tell, error: tell };
    await using own = createParallel({ workers: [logging], maxThreads: 2, logger: tellingLogger });
    const call = async (id: string): Promise<void> => {
      const items = Array.from({ length: 40 }, (_, index) => `${id} ${index}`);
      if (name === 'run') await Promise.all(items.map((item) => own.cpu.run(logging, item)));
      else if (name === 'stream') await collect(own.cpu.stream(items, logging));
      else await own.cpu[name](items, logging);
    };
    await Promise.all(['a', 'b', 'c'].map((id) => request.run(id, () => call(id))));
    expect(seen).toHaveLength(120);
    for (const line of seen) expect(line).toMatch(/^(\w) \1 \d+$/);
  });

  test('of overlapping invocations of one handler', async () => {
    const seen: string[] = [];
    const tell = (...args: unknown[]): void => void seen.push(`${request.getStore()} ${args[0]}`);
    const handler = withParallel(
      { workers: [logging], maxThreads: 2, logger: { debug: tell, info: tell, warn: tell, error: tell } },
      async (event: { id: string }, context) =>
        await context.parallel.cpu.map(
          Array.from({ length: 20 }, () => event.id),
          logging,
        ),
    );
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => request.run(id, () => handler({ id }, lambdaContext()))));
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd'].flatMap((id) => Array(20).fill(`${id} ${id}`)));
  });

  test('each invocation writes with the logger of its own handler', async () => {
    const [one, other] = [recordingLogger(), recordingLogger()];
    const handlerWith = (own: WorkerLogger) =>
      withParallel({ workers: [logging], maxThreads: 2, logger: own }, async (text: string, context) =>
        context.parallel.cpu.run(logging, text),
      );
    await Promise.all([
      handlerWith(one.logger)('of one', lambdaContext()),
      handlerWith(other.logger)('of the other', lambdaContext()),
    ]);
    expect(one.lines).toEqual([['info', 'of one']]);
    expect(other.lines).toEqual([['info', 'of the other']]);
  });
});

describe('a logger that throws', () => {
  const broken: WorkerLogger = {
    ...logger,
    info() {
      throw new Error('the logger is broken');
    },
  };

  test('costs no item its outcome', { timeout: 5000 }, async () => {
    using own = createParallel({ workers: [logging], maxThreads: 1, logger: broken });
    const { outcomes, completionReason } = await own.cpu.mapSettled(['a', 'kept', 'b'], logging, { chunk: 1 });
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(completionReason).toBe('all-settled');
  });

  test('leaves no call unanswered', { timeout: 5000 }, async () => {
    using own = createParallel({ workers: [logging], maxThreads: 1, logger: broken });
    expect(await own.cpu.run(logging, 'a')).toBe('a');
    expect(await own.cpu.map(['a', 'b'], logging, { chunk: 2 })).toEqual(['a', 'b']);
    expect(await collect(own.cpu.stream(['a', 'b'], logging, { chunk: 1 }))).toHaveLength(2);
  });
});

describe('outside an item', () => {
  const script = (body: string): string => `
    import { createParallel, workerRef } from 'lambda-parallel';
    const refTo = (name) => workerRef(new URL(name + '.worker.ts', ${JSON.stringify(new URL('./workers/', import.meta.url).href)}));
    ${body}
  `;

  test('what a worker file logs while it is loaded is on stdout, once per thread', async () => {
    const { stdout, stderr, exitCode } = await runScript(
      script(`
        const worker = refTo('logs-at-load');
        const log = () => { throw new Error('not a line of an item'); };
        await using runtime = createParallel({ workers: [worker], maxThreads: 2, logger: { debug: log, info: log, warn: log, error: log } });
        const threads = new Set();
        while (threads.size < 2) for (const id of await runtime.cpu.map([1, 2], worker, { chunk: 1 })) threads.add(id);
      `),
    );
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout.trim().split('\n').toSorted()).toEqual(['loaded in thread 1', 'loaded in thread 2']);
  });

  test('what a worker writes to stdout and stderr itself is there', async () => {
    const { stdout, stderr, exitCode } = await runScript(
      script(`
        const worker = refTo('logging');
        await using runtime = createParallel({ workers: [worker], maxThreads: 1 });
        await runtime.cpu.run(worker, 'stdout');
        await runtime.cpu.run(worker, 'hello');
      `),
    );
    expect(stdout.split('\n').toSorted()).toEqual(['', 'hello', 'written to stdout']);
    expect(stderr).toBe('written to stderr\n');
    expect(exitCode).toBe(0);
  });

  test('a worker called on this thread logs as any function does', async () => {
    const { default: worker } = await import('./workers/logging.worker.ts');
    const log = vi.spyOn(console, 'log').mockReturnValue();
    try {
      await worker('here');
      expect(log.mock.calls).toEqual([['here']]);
      expect(lines).toEqual([]);
    } finally {
      vi.restoreAllMocks();
    }
  });
});
