import { createParallel } from 'lambda-parallel';
import { describe, expect, test, vi } from 'vitest';

type Wrong = [options: object, type: typeof TypeError | typeof RangeError, message: string];

const wrongAnywhere: Wrong[] = [
  [{ concurrency: 0 }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: 0'],
  [{ concurrency: -1 }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: -1'],
  [{ concurrency: 1.5 }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: 1.5'],
  [{ concurrency: Number.NaN }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: NaN'],
  [{ concurrency: Number.POSITIVE_INFINITY }, RangeError, 'Cannot use concurrency as it must be an integer >= 1: Infinity'],
  [{ concurrency: '8' }, TypeError, 'Cannot use concurrency as it must be an integer >= 1: "8"'],
  [{ concurrency: null }, TypeError, 'Cannot use concurrency as it must be an integer >= 1: null (object)'],
  [{ concurrency: Symbol('8') }, TypeError, 'Cannot use concurrency as it must be an integer >= 1: Symbol(8) (symbol)'],
  [{ concurrency: 8n }, TypeError, 'Cannot use concurrency as it must be an integer >= 1: 8n (bigint)'],
  [{ timeoutMs: 0 }, RangeError, 'Cannot use timeoutMs as it must be an integer from 1 to 2147483647: 0'],
  [{ timeoutMs: 2 ** 31 }, RangeError, 'Cannot use timeoutMs as it must be an integer from 1 to 2147483647: 2147483648'],
  [{ timeoutMs: '1s' }, TypeError, 'Cannot use timeoutMs as it must be an integer from 1 to 2147483647: "1s"'],
  [{ signal: {} }, TypeError, 'Cannot use signal as it must be an AbortSignal: {} (object)'],
  [{ signal: null }, TypeError, 'Cannot use signal as it must be an AbortSignal: null (object)'],
  [{ maxInFlightBytes: 10 }, TypeError, 'maxInFlightBytes is given without weight; give both or neither'],
  [{ weight: () => 1 }, TypeError, 'weight is given without maxInFlightBytes; give both or neither'],
  [{ maxInFlightBytes: 0, weight: () => 1 }, RangeError, 'Cannot use maxInFlightBytes as it must be an integer >= 1: 0'],
  [
    { maxInFlightBytes: 10, weight: 1 },
    TypeError,
    'Cannot use weight as it must be a function of the item that returns bytes: 1 (number)',
  ],
  [{ concurency: 8 }, TypeError, '"concurency" is unknown; known are concurrency, timeoutMs, signal, maxInFlightBytes, weight'],
];
const wrongForSettled: Wrong[] = [
  [{ toleratedFailureCount: -1 }, RangeError, 'Cannot use toleratedFailureCount as it must be an integer >= 0: -1'],
  [
    { toleratedFailureCount: Number.POSITIVE_INFINITY },
    RangeError,
    'Cannot use toleratedFailureCount as it must be an integer >= 0: Infinity',
  ],
  [
    { toleratedFailurePercentage: 100.1 },
    RangeError,
    'Cannot use toleratedFailurePercentage as it must be a number from 0 to 100: 100.1',
  ],
  [
    { toleratedFailurePercentage: Number.NaN },
    RangeError,
    'Cannot use toleratedFailurePercentage as it must be a number from 0 to 100: NaN',
  ],
  [
    { toleratedFailurePercentage: '5%' },
    TypeError,
    'Cannot use toleratedFailurePercentage as it must be a number from 0 to 100: "5%"',
  ],
  [{ minSuccessful: 0 }, RangeError, 'Cannot use minSuccessful as it must be an integer >= 1: 0'],
  [{ backpressure: 8 }, TypeError, 'Cannot read the options of io.mapSettled: "backpressure" is unknown'],
];
const wrongForStream: Wrong[] = [
  [{ concurrency: 4, backpressure: 3 }, RangeError, 'Cannot use backpressure as it must be an integer >= 4: 3'],
  [{ backpressure: 15 }, RangeError, 'Cannot use backpressure as it must be an integer >= 16: 15'],
  [{ preserveOrder: 1 }, TypeError, 'Cannot use preserveOrder as it must be a boolean: 1 (number)'],
  [{ minSuccessful: 1 }, TypeError, 'Cannot read the options of io.stream: "minSuccessful" is unknown'],
];
const wrongForMap: Wrong[] = [
  [{ toleratedFailureCount: 1 }, TypeError, 'Cannot read the options of io.map: "toleratedFailureCount" is unknown'],
];

/** A source and a task that nobody may touch. */
function untouched() {
  const next = vi.fn(() => ({ done: true as const, value: undefined }));
  const task = vi.fn();
  return { items: { [Symbol.iterator]: () => ({ next }) }, task, next };
}

describe.each([
  ['map', [...wrongAnywhere, ...wrongForMap]],
  ['mapSettled', [...wrongAnywhere, ...wrongForSettled]],
  ['stream', [...wrongAnywhere, ...wrongForStream]],
] as const)('io.%s() starts and pulls nothing for a wrong option', (name, wrong) => {
  test.each(wrong)('%o', async (options, type, message) => {
    await using runtime = createParallel();
    const { items, task, next } = untouched();
    const call = async () => runtime.io[name](items, task, options as never);
    const error: unknown = await call().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toContain(message);
    expect(next).not.toHaveBeenCalled();
    expect(task).not.toHaveBeenCalled();
  });

  test.each([null, 'fast', 5])('options %o', async (options) => {
    await using runtime = createParallel();
    const { items, task, next } = untouched();
    const call = async () => runtime.io[name](items, task, options as never);
    await expect(call()).rejects.toThrow(/^Cannot read the options of io\.\w+ as they must be an object: /);
    expect(next).not.toHaveBeenCalled();
  });

  test.each([
    [undefined, 'undefined (undefined)'],
    [null, 'null (object)'],
    ['task', '"task"'],
    [{}, '{} (object)'],
  ])('task %o', async (task, shown) => {
    await using runtime = createParallel();
    const { items, next } = untouched();
    const call = async () => runtime.io[name](items, task as never);
    await expect(call()).rejects.toThrow(new TypeError(`Cannot run the task as it must be a function: ${shown}`));
    expect(next).not.toHaveBeenCalled();
  });
});

test('io.stream() throws for a wrong option when it is called, not when it is read', () => {
  using runtime = createParallel();
  expect(() => runtime.io.stream([1], (item) => item, { concurrency: 0 })).toThrow(RangeError);
});

test('io.map() takes an option that is undefined as not given', async () => {
  await using runtime = createParallel();
  const options = {
    concurrency: undefined,
    timeoutMs: undefined,
    signal: undefined,
    weight: undefined,
    maxInFlightBytes: undefined,
  };
  expect(await runtime.io.map([1], (item) => item, options as never)).toEqual([1]);
});

test('io.map() leaves its options as they are', async () => {
  await using runtime = createParallel();
  const options = Object.freeze({ concurrency: 2 });
  await runtime.io.map([1], (item) => item, options);
  expect(options).toEqual({ concurrency: 2 });
});
