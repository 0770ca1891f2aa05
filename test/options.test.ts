import { createParallel, parallel, withParallel } from 'lambda-parallel';
import { describe, expect, test } from 'vitest';

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
    [
      { memory: 128 },
      TypeError,
      'Cannot read the options of parallel: "memory" is unknown; known are concurrency, deadlineMarginMs, memoryMb, workers, maxThreads, logger',
    ],
    [null, TypeError, 'Cannot read the options of parallel as they must be an object: null (object)'],
  ])('%o', (options, type, message) => {
    expect(() => call(options as object)).toThrow(new type(message));
  });
});

test('withParallel() throws at once for a handler that is no function', () => {
  expect(() => withParallel({}, undefined as never)).toThrow(
    new TypeError('Cannot wrap the handler as it must be a function: undefined (undefined)'),
  );
});

test('createParallel() takes the bounds themselves', () => {
  for (const options of [{ concurrency: 1 }, { deadlineMarginMs: 0 }, { memoryMb: 128 }, { memoryMb: 10_240 }]) {
    createParallel(options)[Symbol.dispose]();
  }
});
