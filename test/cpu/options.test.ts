import { createParallel, workerRef } from 'lambda-parallel';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { rejectionOf } from '../helpers/rejection-of.ts';

const at = (name: string): URL => new URL(`./workers/${name}.worker.ts`, import.meta.url);
const double = workerRef<typeof import('./workers/double.worker.ts')>(at('double'));
const undeclared = workerRef<typeof import('./workers/echo.worker.ts')>(at('echo'));

const runtime = createParallel({ workers: [double], maxThreads: 1 });
const none = createParallel();
const { cpu } = runtime;
afterAll(() => runtime[Symbol.asyncDispose]());

type Wrong = [options: object, type: typeof TypeError | typeof RangeError, message: string];

const integerFrom1 = 'Cannot use timeoutMs as it must be an integer from 1 to 2147483647';
const wrongAnywhere: Wrong[] = [
  [{ timeoutMs: 0 }, RangeError, `${integerFrom1}: 0`],
  [{ timeoutMs: -1 }, RangeError, `${integerFrom1}: -1`],
  [{ timeoutMs: 1.5 }, RangeError, `${integerFrom1}: 1.5`],
  [{ timeoutMs: 2 ** 31 }, RangeError, `${integerFrom1}: 2147483648`],
  [{ timeoutMs: Number.NaN }, RangeError, `${integerFrom1}: NaN`],
  [{ timeoutMs: Number.POSITIVE_INFINITY }, RangeError, `${integerFrom1}: Infinity`],
  [{ timeoutMs: '1s' }, TypeError, `${integerFrom1}: "1s"`],
  [{ timeoutMs: null }, TypeError, `${integerFrom1}: null (object)`],
  [{ timeoutMs: 10n }, TypeError, `${integerFrom1}: 10n (bigint)`],
  [{ signal: {} }, TypeError, 'Cannot use signal as it must be an AbortSignal: {} (object)'],
  [{ signal: null }, TypeError, 'Cannot use signal as it must be an AbortSignal: null (object)'],
  [{ signal: new AbortController() }, TypeError, 'Cannot use signal as it must be an AbortSignal: AbortController'],
  [{ transfer: 1 }, TypeError, 'Cannot use transfer as it must be a boolean: 1 (number)'],
  [{ transfer: null }, TypeError, 'Cannot use transfer as it must be a boolean: null (object)'],
  [{ transfer: [] }, TypeError, 'Cannot use transfer as it must be a boolean: [] (object)'],
];
const chunkBounds = "Cannot use chunk, if not 'auto', as it must be an integer >= 1";
const wrongChunk: Wrong[] = [
  [{ chunk: 0 }, RangeError, `${chunkBounds}: 0`],
  [{ chunk: 2.5 }, RangeError, `${chunkBounds}: 2.5`],
  [{ chunk: Number.POSITIVE_INFINITY }, RangeError, `${chunkBounds}: Infinity`],
  [{ chunk: 'all' }, TypeError, `${chunkBounds}: "all"`],
  [{ chunk: '5' }, TypeError, `${chunkBounds}: "5"`],
  [{ chunk: null }, TypeError, `${chunkBounds}: null (object)`],
];
const wrongForRun: Wrong[] = [
  [{ chunk: 5 }, TypeError, 'Cannot read the options of cpu.run: "chunk" is unknown; known are timeoutMs, signal, transfer'],
  [{ concurrency: 5 }, TypeError, '"concurrency" is unknown; known are timeoutMs, signal, transfer'],
];
const wrongForMap: Wrong[] = [
  ...wrongChunk,
  [
    { toleratedFailureCount: 1 },
    TypeError,
    'Cannot read the options of cpu.map: "toleratedFailureCount" is unknown; known are timeoutMs, signal, transfer, chunk',
  ],
  [{ preserveOrder: true }, TypeError, 'Cannot read the options of cpu.map: "preserveOrder" is unknown'],
  [{ concurrency: 2 }, TypeError, 'Cannot read the options of cpu.map: "concurrency" is unknown'],
];
const wrongForSettled: Wrong[] = [
  ...wrongChunk,
  [{ toleratedFailureCount: -1 }, RangeError, 'Cannot use toleratedFailureCount as it must be an integer >= 0: -1'],
  [{ toleratedFailureCount: '1' }, TypeError, 'Cannot use toleratedFailureCount as it must be an integer >= 0: "1"'],
  [
    { toleratedFailurePercentage: 101 },
    RangeError,
    'Cannot use toleratedFailurePercentage as it must be a number from 0 to 100: 101',
  ],
  [
    { toleratedFailurePercentage: '5%' },
    TypeError,
    'Cannot use toleratedFailurePercentage as it must be a number from 0 to 100: "5%"',
  ],
  [{ toleratedFailurePercentage: 5 }, TypeError, 'the number of items must be known'],
  [{ minSuccessful: 0 }, RangeError, 'Cannot use minSuccessful as it must be an integer >= 1: 0'],
  [{ minSuccessful: true }, TypeError, 'Cannot use minSuccessful as it must be an integer >= 1: true (boolean)'],
  [{ backpressure: 8 }, TypeError, 'Cannot read the options of cpu.mapSettled: "backpressure" is unknown'],
];
const wrongForStream: Wrong[] = [
  ...wrongChunk,
  [{ backpressure: 0 }, RangeError, 'Cannot use backpressure as it must be an integer >= 1: 0'],
  [{ backpressure: '8' }, TypeError, 'Cannot use backpressure as it must be an integer >= 1: "8"'],
  [{ preserveOrder: 1 }, TypeError, 'Cannot use preserveOrder as it must be a boolean: 1 (number)'],
  [{ minSuccessful: 1 }, TypeError, 'Cannot read the options of cpu.stream: "minSuccessful" is unknown'],
];

/** A source that nobody may touch. */
function untouched() {
  const next = vi.fn(() => ({ done: true as const, value: undefined }));
  return { items: { [Symbol.iterator]: () => ({ next }) } as Iterable<number>, next };
}

describe.each([
  ['map', [...wrongAnywhere, ...wrongForMap]],
  ['mapSettled', [...wrongAnywhere, ...wrongForSettled]],
  ['stream', [...wrongAnywhere, ...wrongForStream]],
] as const)('cpu.%s() starts and pulls nothing for a wrong option', (name, wrong) => {
  const call = (options: unknown, worker: unknown, engine = cpu) => {
    const { items, next } = untouched();
    return { next, promise: (async () => engine[name](items, worker as typeof double, options as never))() as Promise<unknown> };
  };

  test.each(wrong)('%o', async (options, type, message) => {
    const before = cpu.statistics.chunkCount;
    const { promise, next } = call(options, double);
    const error = await rejectionOf(promise);
    expect(Object.getPrototypeOf(error)).toBe(type.prototype);
    expect(error.message).toContain(message);
    expect(next).not.toHaveBeenCalled();
    expect(cpu.statistics.chunkCount).toBe(before);
  });

  test.each([null, 'fast', 5, true])('options %o', async (options) => {
    const { promise, next } = call(options, double);
    await expect(promise).rejects.toThrow(new RegExp(`^Cannot read the options of cpu\\.${name} as they must be an object: `));
    expect(next).not.toHaveBeenCalled();
  });

  test.each<[unknown, string]>([
    [undefined, 'undefined (undefined)'],
    [null, 'null (object)'],
    ['double', '"double"'],
    [at('double'), 'URL'],
    [{}, '{} (object)'],
    [{ url: String(at('double')) }, 'url'],
    [(item: number) => item, '(function)'],
  ])('worker %o', async (worker, shown) => {
    for (const engine of [cpu, none.cpu]) {
      const { promise, next } = call({}, worker, engine);
      const error = await rejectionOf(promise);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(`Cannot run cpu.${name} as its worker must be a workerRef(…): `);
      expect(error.message).toContain(shown);
      expect(next).not.toHaveBeenCalled();
    }
  });

  test('a worker that is not declared', async () => {
    for (const [engine, worker, file] of [
      [cpu, undeclared, 'echo.worker.ts'],
      [none.cpu, double, 'double.worker.ts'],
    ] as const) {
      const { promise, next } = call({}, worker, engine);
      await expect(promise).rejects.toThrow(
        new TypeError(
          `Cannot run cpu.${name} as its worker must be declared: ${file}; add it to the options, parallel({ workers: [...] })`,
        ),
      );
      expect(next).not.toHaveBeenCalled();
    }
  });

  test.each<[unknown, string]>([
    [undefined, 'undefined (undefined)'],
    [5, '5 (number)'],
    [{ length: 1, 0: 1 }, 'length'],
  ])('items %o', async (items, shown) => {
    const promise = (async () => cpu[name](items as never, double))() as Promise<unknown>;
    const error = await rejectionOf(promise);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^Cannot iterate items as they must be an Iterable or AsyncIterable: /);
    expect(error.message).toContain(shown);
  });
});

describe('cpu.run() starts nothing for a wrong option', () => {
  test.each([...wrongAnywhere, ...wrongForRun])('%o', async (options, type, message) => {
    const before = cpu.statistics.chunkCount;
    const error = await rejectionOf(cpu.run(double, 1, options as never));
    expect(Object.getPrototypeOf(error)).toBe(type.prototype);
    expect(error.message).toContain(message);
    expect(cpu.statistics.chunkCount).toBe(before);
  });

  test.each([null, 'fast', 5, true])('options %o', async (options) => {
    await expect(cpu.run(double, 1, options as never)).rejects.toThrow(
      /^Cannot read the options of cpu\.run as they must be an object: /,
    );
  });

  test.each([undefined, null, 'double', at('double'), {}, 1])('worker %o', async (worker) => {
    for (const engine of [cpu, none.cpu]) {
      await expect(engine.run(worker as never, 1 as never)).rejects.toThrow(
        /^Cannot run cpu\.run as its worker must be a workerRef\(…\): /,
      );
    }
  });

  test('a worker that is not declared', async () => {
    await expect(cpu.run(undeclared, 1)).rejects.toThrow(
      new TypeError(
        'Cannot run cpu.run as its worker must be declared: echo.worker.ts; add it to the options, parallel({ workers: [...] })',
      ),
    );
    await expect(none.cpu.run(double, 1)).rejects.toThrow(
      /^Cannot run cpu\.run as its worker must be declared: double\.worker\.ts; /,
    );
  });
});

test('cpu.stream() throws for a wrong option or worker when it is called, not when it is read', () => {
  expect(() => cpu.stream([1], double, { chunk: 0 })).toThrow(RangeError);
  expect(() => cpu.stream([1], undeclared)).toThrow(TypeError);
  expect(() => none.cpu.stream([1], double)).toThrow(TypeError);
  expect(() => cpu.stream(5 as never, double)).toThrow(TypeError);
});

test('cpu.run(), map(), mapSettled() and stream() take an option that is undefined as not given', async () => {
  const run = { timeoutMs: undefined, signal: undefined, transfer: undefined };
  const map = { ...run, chunk: undefined };
  expect(await cpu.run(double, 1, run)).toBe(2);
  expect(await cpu.run(double, 1, undefined)).toBe(2);
  expect(await cpu.map([1], double, map)).toEqual([2]);
  const limits = { toleratedFailureCount: undefined, toleratedFailurePercentage: undefined, minSuccessful: undefined };
  expect((await cpu.mapSettled([1], double, { ...map, ...limits })).values).toEqual([2]);
  for await (const outcome of cpu.stream([1], double, { ...map, backpressure: undefined, preserveOrder: undefined })) {
    expect(outcome).toEqual({ status: 'fulfilled', index: 0, value: 2, item: 1 });
  }
});

test('cpu.map() takes the bounds themselves, and leaves its options as they are', async () => {
  const { signal } = new AbortController();
  const options = Object.freeze({ chunk: Number.MAX_SAFE_INTEGER, timeoutMs: 2 ** 31 - 1, transfer: false, signal });
  expect(await cpu.map([1, 2], double, options)).toEqual([2, 4]);
  expect(await cpu.map([1, 2], double, { chunk: 1 })).toEqual([2, 4]);
  expect(await cpu.map([1, 2], double, Object.create(null))).toEqual([2, 4]);
});
