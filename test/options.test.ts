import { createParallel, parallel, withParallel, workerRef } from 'lambda-parallel';
import { describe, expect, test } from 'vitest';

const url = new URL('./cpu/workers/double.worker.ts', import.meta.url);
const double = workerRef<typeof import('./cpu/workers/double.worker.ts')>(url);
const logger = { debug() {}, info() {}, warn() {}, error() {} };

describe.each([
  ['parallel', (options: object) => parallel(options)],
  ['withParallel', (options: object) => withParallel(options, () => 'unused')],
  ['createParallel', (options: object) => createParallel(options)],
])('%s() throws at once for', (_, call) => {
  test.each<[object | null, typeof TypeError | typeof RangeError, string]>([
    [{ concurrency: 0 }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: 0'],
    [{ concurrency: Number.NaN }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: NaN'],
    [{ concurrency: 1.5 }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: 1.5'],
    [{ concurrency: -1 }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: -1'],
    [{ concurrency: '8' }, TypeError, 'Cannot use concurrency as it must be an integer >= 1: "8"'],
    [{ concurrency: Number.POSITIVE_INFINITY }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: Infinity'],
    [{ deadlineMarginMs: -1 }, RangeError, 'Cannot use deadlineMarginMs as it must be an integer from 0 to 900000: -1'],
    [{ deadlineMarginMs: 900_001 }, RangeError, 'Cannot use deadlineMarginMs as it must be an integer from 0 to 900000: 900001'],
    [{ deadlineMarginMs: 0.5 }, RangeError, 'Cannot use deadlineMarginMs as it must be an integer from 0 to 900000: 0.5'],
    [{ deadlineMarginMs: '500' }, TypeError, 'Cannot use deadlineMarginMs as it must be an integer from 0 to 900000: "500"'],
    [{ memoryMb: 127 }, RangeError, 'Cannot use memoryMb as it must be an integer from 128 to 10240: 127'],
    [{ memoryMb: 10_241 }, RangeError, 'Cannot use memoryMb as it must be an integer from 128 to 10240: 10241'],
    [{ memoryMb: '128' }, TypeError, 'Cannot use memoryMb as it must be an integer from 128 to 10240: "128"'],
    [{ maxThreads: 0 }, RangeError, 'Cannot use maxThreads as it must be an integer from 1 to 256: 0'],
    [{ maxThreads: 257 }, RangeError, 'Cannot use maxThreads as it must be an integer from 1 to 256: 257'],
    [{ maxThreads: 1.5 }, RangeError, 'Cannot use maxThreads as it must be an integer from 1 to 256: 1.5'],
    [{ maxThreads: '2' }, TypeError, 'Cannot use maxThreads as it must be an integer from 1 to 256: "2"'],
    [{ maxThreads: null }, TypeError, 'Cannot use maxThreads as it must be an integer from 1 to 256: null (object)'],
    [{ workers: null }, TypeError, 'Cannot use workers as it must be an array of workerRef(…): null (object)'],
    [{ workers: 'double' }, TypeError, 'Cannot use workers as it must be an array of workerRef(…): "double"'],
    [{ workers: { length: 0 } }, TypeError, 'Cannot use workers as it must be an array of workerRef(…): { length: 0 } (object)'],
    [{ workers: new Set() }, TypeError, 'Cannot use workers as it must be an array of workerRef(…): Set(0) {} (object)'],
    [{ workers: [undefined] }, TypeError, 'Cannot use workers as each must be a workerRef(…): undefined (undefined)'],
    [{ workers: [double, null] }, TypeError, 'Cannot use workers as each must be a workerRef(…): null (object)'],
    [{ workers: [String(url)] }, TypeError, `Cannot use workers as each must be a workerRef(…): "${url}"`],
    [{ workers: [{}] }, TypeError, 'Cannot use workers as each must be a workerRef(…): {} (object)'],
    [{ workers: [() => 1] }, TypeError, 'Cannot use workers as each must be a workerRef(…): [Function (anonymous)] (function)'],
    [{ logger: null }, TypeError, 'Cannot use logger as it must have the method debug(): null (object)'],
    [{ logger: 'console' }, TypeError, 'Cannot use logger as it must have the method debug(): "console"'],
    [{ logger: {} }, TypeError, 'Cannot use logger as it must have the method debug(): {} (object)'],
    [{ logger: { ...logger, info: true } }, TypeError, 'Cannot use logger as it must have the method info(): {'],
    [{ logger: { ...logger, error: undefined } }, TypeError, 'Cannot use logger as it must have the method error(): {'],
    [{ metrics: null }, TypeError, "Cannot use metrics as it must be 'log' or have the method addMetric(): null (object)"],
    [{ metrics: 'emf' }, TypeError, 'Cannot use metrics as it must be \'log\' or have the method addMetric(): "emf"'],
    [{ metrics: {} }, TypeError, "Cannot use metrics as it must be 'log' or have the method addMetric(): {} (object)"],
    [
      { memory: 128 },
      TypeError,
      'Cannot read the options of parallel: "memory" is unknown; known are concurrency, deadlineMarginMs, memoryMb, workers, maxThreads, logger, metrics',
    ],
    [null, TypeError, 'Cannot read the options of parallel as they must be an object: null (object)'],
  ])('%o', (options, type, message) => {
    const thrown = thrownBy(() => call(options as object));
    expect(Object.getPrototypeOf(thrown)).toBe(type.prototype);
    // What comes after a brace is the value, over several lines perhaps.
    if (message.endsWith('{')) expect(thrown.message.startsWith(message)).toBe(true);
    else expect(thrown.message).toBe(message);
  });

  test('a worker file that is not a file: URL, although it was made to look like a workerRef(…)', () => {
    expect(() => call({ workers: [url] })).toThrow(/^Cannot use workers as each must be a workerRef\(…\): URL/);
  });
});

test('withParallel() throws at once for a handler that is no function', () => {
  expect(() => withParallel({}, undefined as never)).toThrow(
    new TypeError('Cannot wrap the handler as it must be a function: undefined (undefined)'),
  );
});

test('createParallel() takes workers, a logger and undefined options', async () => {
  for (const options of [
    { workers: [] },
    { workers: Object.freeze([double]), maxThreads: 1 },
    { workers: undefined, maxThreads: undefined, logger: undefined, memoryMb: undefined },
    { logger },
    { logger: console },
  ]) {
    await createParallel(options)[Symbol.asyncDispose]();
  }
});

test('createParallel() takes the bounds themselves', () => {
  for (const options of [{ concurrency: 1 }, { deadlineMarginMs: 0 }, { memoryMb: 128 }, { memoryMb: 10_240 }]) {
    createParallel(options)[Symbol.dispose]();
  }
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected it to throw');
}
