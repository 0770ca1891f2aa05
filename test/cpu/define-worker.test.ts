import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createParallel,
  defineWorker,
  parallel,
  WorkerFileError,
  type WorkerFunction,
  WorkerLoadError,
  type WorkerRef,
  withParallel,
  workerRef,
} from 'lambda-parallel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import { runScript } from '../helpers/run-script.ts';
import composesHere from './workers/composes.worker.ts';
import doubleHere from './workers/double.worker.ts';
import throwsHere from './workers/throws.worker.ts';

const at = (name: string): URL => new URL(`./workers/${name}.worker.ts`, import.meta.url);
const double = workerRef<typeof import('./workers/double.worker.ts')>(at('double'));
const composes = workerRef<typeof import('./workers/composes.worker.ts')>(at('composes'));

/** Worker files that are written for these tests: many of them would not compile. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'define-worker-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const library = new URL('../../src/index.ts', import.meta.url).href;

function written(name: string, source: string): WorkerRef<number, unknown> {
  const file = join(folder, name);
  writeFileSync(file, source.replaceAll("'lambda-parallel'", JSON.stringify(library)));
  return workerRef<{ readonly default: WorkerFunction<number, unknown> }>(pathToFileURL(file));
}

describe('defineWorker()', () => {
  test.each([
    [undefined, 'undefined (undefined)'],
    [null, 'null (object)'],
    ['resize', '"resize"'],
    [5, '5 (number)'],
    [{}, '{} (object)'],
    [Promise.resolve(), 'Promise { undefined } (object)'],
  ])('throws for what is no function: %o', (task, shown) => {
    expect(() => defineWorker(task as never)).toThrow(
      new TypeError(`Cannot define a worker as its task must be a function: ${shown}`),
    );
  });

  test('returns a function that runs on the calling thread', async () => {
    const length = defineWorker((text: string) => text.length);
    expect(length('four')).toBe(4);
    const later = defineWorker(async (text: string) => text.length);
    expect(later('four')).toBeInstanceOf(Promise);
    expect(await later('four')).toBe(4);
  });

  test('hands input and result over as they are, where no thread is between', () => {
    const same = defineWorker((input: unknown) => input);
    for (const input of [() => 1, Symbol('s'), undefined, null, Number.NaN, { protocol: 'mine' }, new WeakMap()]) {
      expect(same(input)).toBe(input);
    }
  });

  test('throws what the function throws, where no thread is between', () => {
    const error = new Error('mine');
    const failing = defineWorker(() => {
      throw error;
    });
    expect(() => failing(undefined)).toThrow(error);
  });

  test('leaves console as it is on the calling thread', async () => {
    const { stdout } = await runScript(`
      const methods = { ...console };
      const { default: double } = await import(${JSON.stringify(at('double').href)});
      double(1);
      console.log(Object.keys(methods).every((name) => console[name] === methods[name]));
    `);
    expect(stdout).toBe('true\n');
  });
});

describe('the same worker file', () => {
  test('runs here and in a thread alike', async () => {
    await using runtime = createParallel({ workers: [double, composes], maxThreads: 1 });
    expect([doubleHere(21), composesHere(5)]).toEqual([await runtime.cpu.run(double, 21), await runtime.cpu.run(composes, 5)]);
    expect(() => throwsHere('own code')).toThrow(expect.objectContaining({ code: 'E_PAPER' }));
  });

  test('runs in plain Node, without a test runner', async () => {
    const { stdout, stderr, exitCode } = await runScript(`
      import double from ${JSON.stringify(at('double').href)};
      import composes from ${JSON.stringify(at('composes').href)};
      console.log(double(21), composes(5));
    `);
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: '42 21\n', stderr: '', exitCode: 0 });
  });

  test.each([
    ['plain.js', "import { defineWorker } from 'lambda-parallel'; export default defineWorker((n) => n + 1);"],
    ['plain.mjs', "import { defineWorker } from 'lambda-parallel'; export default defineWorker((n) => n + 1);"],
    ['typed.mts', "import { defineWorker } from 'lambda-parallel'; export default defineWorker((n: number): number => n + 1);"],
    ['common.cjs', "const { defineWorker } = require('lambda-parallel'); module.exports = defineWorker((n) => n + 1);"],
    [
      'compiled.cjs',
      "const { defineWorker } = require('lambda-parallel'); Object.defineProperty(exports, '__esModule', { value: true }); exports.default = defineWorker((n) => n + 1);",
    ],
    [
      'awaits.mjs',
      "import { defineWorker } from 'lambda-parallel'; const one = await Promise.resolve(1); export default defineWorker((n) => n + one);",
    ],
    ['two words ü%23.mjs', "import { defineWorker } from 'lambda-parallel'; export default defineWorker((n) => n + 1);"],
  ])('may be of any kind that Node runs: %s', async (name, source) => {
    // `require` takes a path.
    const worker = written(
      name,
      name.endsWith('.cjs') ? source.replace("'lambda-parallel'", JSON.stringify(new URL(library).pathname)) : source,
    );
    await using runtime = createParallel({ workers: [worker], maxThreads: 1 });
    expect(await runtime.cpu.map([1, 2], worker)).toEqual([2, 3]);
  });

  test('may be referred to twice, and with a query', async () => {
    const again = workerRef<typeof import('./workers/double.worker.ts')>(new URL(at('double')));
    const withQuery = workerRef<typeof import('./workers/double.worker.ts')>(new URL('?v=2', at('double')));
    await using runtime = createParallel({ workers: [double, withQuery, double], maxThreads: 1 });
    expect(await runtime.cpu.run(again, 1)).toBe(2);
    expect(await runtime.cpu.run(withQuery, 1)).toBe(2);
  });
});

describe('workerRef() throws at once for', () => {
  test.each<[unknown, string]>([
    ['./resize.worker.ts', '"./resize.worker.ts"'],
    ['file:///resize.worker.ts', '"file:///resize.worker.ts"'],
    [new URL('https://example.com/resize.worker.ts'), 'URL'],
    [new URL('data:text/javascript,'), 'URL'],
    [undefined, 'undefined (undefined)'],
    [null, 'null (object)'],
    [{ protocol: 'file:', href: 'file:///resize.worker.ts' }, 'protocol'],
    [() => 1, '(function)'],
  ])('%o', (url, shown) => {
    const call = (): unknown => workerRef(url as URL);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(
      /^Cannot refer to a worker as its URL must be a file: URL, new URL\('\.\/resize\.worker\.ts', import\.meta\.url\): /,
    );
    expect(call).toThrow(shown);
  });
});

describe('a worker file that is not there', () => {
  const missing = workerRef<typeof import('./workers/double.worker.ts')>(at('no-such'));
  const aFolder = workerRef<typeof import('./workers/double.worker.ts')>(new URL('./workers/', import.meta.url));

  test.each([
    ['parallel', (workers: (typeof double)[]) => parallel({ workers })],
    ['withParallel', (workers: (typeof double)[]) => withParallel({ workers }, () => 'unused')],
    ['createParallel', (workers: (typeof double)[]) => createParallel({ workers })],
  ])('fails %s() at cold start', (_, call) => {
    for (const worker of [missing, aFolder]) {
      expect(() => call([double, worker])).toThrow(WorkerFileError);
      expect(() => call([worker])).toThrow(
        expect.objectContaining({ code: 'ERR_PARALLEL_WORKER_FILE', name: 'WorkerFileError' }),
      );
    }
    expect(() => call([missing])).toThrow(
      /^Cannot find the worker file no-such\.worker\.ts: there is none of \S+no-such\.worker\.ts, .+; check the path/,
    );
    expect(() => call([aFolder])).toThrow(/^Cannot find the worker file workers: /);
  });
});

describe('a worker file that is none', () => {
  const notDefined =
    'its default export is not defineWorker(…) of this version of lambda-parallel; write export default defineWorker((input) => output)';
  const files: [name: string, source: string, message: string][] = [
    ['nothing.mjs', 'export {};', notDefined],
    ['empty.mjs', '', notDefined],
    ['number.mjs', 'export default 5;', notDefined],
    ['named.mjs', "import { defineWorker } from 'lambda-parallel'; export const run = defineWorker(() => 1);", notDefined],
    ['wrapped.mjs', "import { defineWorker } from 'lambda-parallel'; export default { run: defineWorker(() => 1) };", notDefined],
    ['plain.mjs', 'export default () => 1;', notDefined],
    ['plain-identity.mjs', 'export default (input) => input;', 'defineWorker(…)'],
    ['plain-asynchronous.mjs', 'export default async () => ({ values: [1] });', notDefined],
    ['plain-of-its-input.mjs', 'export default (text) => text.split(",").length;', 'defineWorker(…)'],
    ['plain-with-a-function.mjs', 'export default () => () => 1;', 'defineWorker(…)'],
    ['class.mjs', 'export default class Resizer {}', 'defineWorker(…)'],
    ['throws.mjs', 'throw new RangeError("no model loaded");', 'in a thread: no model loaded; '],
    ['throws-string.mjs', 'throw "no model loaded";', 'in a thread: no model loaded;'],
    ['rejects.mjs', 'await Promise.reject(new Error("no model loaded"));', 'in a thread: no model loaded;'],
    ['syntax.mjs', 'export default ((;', "in a thread: Unexpected token ';'"],
    ['missing-package.mjs', 'import "no-such-package";', "in a thread: Cannot find package 'no-such-package'"],
    ['missing-file.mjs', 'import "./no-such-file.mjs";', 'in a thread: Cannot find module'],
    ['missing-export.mjs', "import { defineJob } from 'lambda-parallel'; export default defineJob(() => 1);", 'defineJob'],
    [
      'not-a-function.mjs',
      "import { defineWorker } from 'lambda-parallel'; export default defineWorker(5);",
      'must be a function: 5 (number)',
    ],
    ['exits.mjs', 'process.exit(3);', 'in a thread: worker exited with code: 3'],
  ];

  test.each(files)(
    'rejects each item with what to do, and the pool goes on: %s',
    { timeout: 10_000 },
    async (name, source, message) => {
      const worker = written(name, source);
      await using runtime = createParallel({ workers: [double, worker], maxThreads: 1 });
      const { cpu } = runtime;
      expect(await cpu.run(double, 1)).toBe(2);
      const { outcomes } = await cpu.mapSettled([1, 2, 3], worker, { chunk: 2 });
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined)) as Error[];
      reasons.push(await rejectionOf(cpu.run(worker, 1)), await rejectionOf(cpu.map([1], worker)));
      for await (const outcome of cpu.stream([1], worker))
        if (outcome.status === 'rejected') reasons.push(outcome.reason as Error);
      expect(reasons).toHaveLength(6);
      for (const reason of reasons) {
        expect(reason).toBeInstanceOf(WorkerLoadError);
        expect(reason).toMatchObject({ name: 'WorkerLoadError', code: 'ERR_PARALLEL_WORKER_LOAD' });
        expect(reason.message).toContain(name);
        expect(reason.message).toContain(message);
      }
      expect(await cpu.map([1, 2, 3], double)).toEqual([2, 4, 6]);
    },
  );

  test('keeps what loading it threw', async () => {
    const worker = written('keeps-cause.mjs', 'throw new RangeError("no model loaded");');
    await using runtime = createParallel({ workers: [worker], maxThreads: 1 });
    const { cause } = await rejectionOf(runtime.cpu.run(worker, 1));
    expect(cause).toBeInstanceOf(RangeError);
    expect((cause as Error).stack).toContain('keeps-cause.mjs');
  });

  test('is no error at cold start, and harms no invocation that does not use it', async () => {
    const worker = written('unused.mjs', 'throw new Error("at load");');
    const handler = withParallel({ workers: [worker, double], maxThreads: 1 }, async (event: number[], context) => [
      ...(await context.parallel.cpu.map(event, double)),
      ...(await collect(context.parallel.cpu.stream([], worker))),
    ]);
    expect(await handler([1, 2], { getRemainingTimeInMillis: () => 30_000 } as never)).toEqual([2, 4]);
  });
});
