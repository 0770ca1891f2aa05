import { Socket } from 'node:net';
import { markAsUntransferable } from 'node:worker_threads';
import { createParallel, NotCloneableError, ParallelError, workerRef } from 'lambda-parallel';
import { describe, expect, test } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { onOneThread } from '../helpers/on-one-thread.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import type { BufferTask } from './workers/buffers.worker.ts';
import { type DataName, type DeepName, data, deep, type NotDataName, nested, notData } from './workers/returns.worker.ts';
import type { Reuse } from './workers/reuses.worker.ts';

const at = (file: string): URL => new URL(`./workers/${file}.worker.ts`, import.meta.url);
const echo = workerRef<typeof import('./workers/echo.worker.ts')>(at('echo'));
const measures = workerRef<typeof import('./workers/measures.worker.ts')>(at('measures'));
const returns = workerRef<typeof import('./workers/returns.worker.ts')>(at('returns'));
const buffers = workerRef<typeof import('./workers/buffers.worker.ts')>(at('buffers'));
const reuses = workerRef<typeof import('./workers/reuses.worker.ts')>(at('reuses'));

const cpu = onOneThread([echo, measures, returns, buffers, reuses]);

const transfer = { transfer: true };

interface Level {
  readonly value?: Level;
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let level = value as Level; level.value !== undefined; level = level.value) depth += 1;
  return depth;
}

describe('a result', () => {
  test.each(Object.keys(data) as DataName[])('that is data arrives as structuredClone() makes it: %s', async (what) => {
    const expected = structuredClone(data[what]());
    const [value] = await cpu.map([what], returns);
    expect(Object.is(value, expected) || typeof value === 'object').toBe(true);
    expect(Object.getPrototypeOf(Object(value))).toBe(Object.getPrototypeOf(Object(expected)));
    if (typeof value === 'string') expect(value === expected).toBe(true);
    else expect(value).toStrictEqual(expected);
  });

  test.each(Object.keys(notData) as NotDataName[])(
    'that is no data costs its item alone, and not the thread: %s',
    async (what) => {
      expect(await rejectionOf(cpu.run(returns, what))).toBeInstanceOf(NotCloneableError);
      const { outcomes } = await cpu.mapSettled(['fine', what, 'fine'], returns, { chunk: 3 });
      expect(outcomes).toEqual([
        { status: 'fulfilled', index: 0, value: 'fine' },
        { status: 'rejected', index: 1, reason: expect.any(NotCloneableError) },
        { status: 'fulfilled', index: 2, value: 'fine' },
      ]);
    },
  );

  test('that is no data is rejected with what is wrong, where, and what to do', async () => {
    const error = await rejectionOf(cpu.map(['fine', 'function in an object'], returns, { chunk: 2 }));
    expect(error).toMatchObject({ name: 'NotCloneableError', code: 'ERR_PARALLEL_NOT_CLONEABLE' });
    expect(error.message).toMatch(
      /^Cannot return what returns\.worker\.ts made of item 1: .+ could not be cloned; pass data only, as structuredClone\(\) takes it$/,
    );
    expect(error.cause).toMatchObject({ name: 'DataCloneError' });
    const { cause } = await rejectionOf(cpu.run(returns, 'getter that throws'));
    expect(cause).toMatchObject({ name: 'Error', message: 'from the getter' });
  });

  test.each(['empty constant', 'cached constant'] as const)(
    'that the worker keeps arrives the first time, and never ends the thread: %s',
    async (what) => {
      for (const chunk of [1, 2, 1]) {
        const { outcomes } = await cpu.mapSettled(['fine', what, what, 'fine'], returns, { chunk });
        expect(outcomes[0]).toMatchObject({ value: 'fine' });
        expect(outcomes[3]).toMatchObject({ value: 'fine' });
        for (const outcome of outcomes.slice(1, 3)) {
          if (outcome.status === 'fulfilled') expect(outcome.value).toBeInstanceOf(Uint8Array);
          else expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_PARALLEL_NOT_CLONEABLE' } });
        }
      }
    },
  );

  test.each([100, 400])('may be nested, %d levels deep', async (levels) => {
    expect(depthOf(await cpu.run(returns, levels))).toBe(levels);
  });
});

describe('a result that one side can write and the other one cannot read', () => {
  // The stack of a thread is four times as large as that of the main thread.
  test.each(Object.keys(deep) as DeepName[])('arrives or is rejected: %s', { timeout: 5000 }, async (what) => {
    using runtime = createParallel({ workers: [returns], maxThreads: 1 });
    for (const chunk of [1, 3]) {
      const { outcomes } = await runtime.cpu.mapSettled(['fine', what, 'fine'], returns, { chunk });
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        expect.stringMatching(/fulfilled|rejected/),
        'fulfilled',
      ]);
    }
  });

  test('does not outlive its timeout', { timeout: 5000 }, async () => {
    using runtime = createParallel({ workers: [returns], maxThreads: 1 });
    const error = await rejectionOf(runtime.cpu.run(returns, 4000, { timeoutMs: 500 }).then(depthOf));
    expect(error.message).toMatch(/Expected it to reject|item 0/);
  });
});

test('an input in the memory of WebAssembly cannot be moved, and its error says so', async () => {
  // TypeScript knows WebAssembly only beside a browser.
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (options: { initial: number }) => { buffer: ArrayBuffer } };
  };
  const { buffer } = new WebAssembly.Memory({ initial: 1 });
  const error = await rejectionOf(cpu.run(echo, new Uint8Array(buffer), { transfer: true }));
  expect(error).toMatchObject({
    code: 'ERR_PARALLEL_NOT_CLONEABLE',
    message: expect.stringMatching(/^Cannot send item 0 to echo/),
  });
});

describe('an input', () => {
  const values = (Object.entries(data) as [DataName, () => unknown][]).filter(([name]) => name !== 'environment of the process');

  test.each(values)('that is data arrives as structuredClone() makes it: %s', async (_, make) => {
    const expected = structuredClone(make());
    const value = await cpu.run(echo, make());
    if (typeof value === 'string') expect(value === expected).toBe(true);
    else expect(value).toStrictEqual(expected);
  });

  test.each<[unknown, string]>([
    [-0, '-0'],
    [[Number.NaN, undefined, null, 1n], '[ NaN, undefined, null, 1n ]'],
    // biome-ignore lint/suspicious/noSparseArray: holes are what it is about
    [[1, , 3], '[ 1, <1 empty item>, 3 ]'],
    [{ a: undefined }, '{ a: undefined }'],
    [new Map([[new Date(0), new Set([/x/g])]]), 'Map(1) { 1970-01-01T00:00:00.000Z => Set(1) { /x/g } }'],
    [
      new (class Money {
        amount = 5;
        #currency = 'EUR';
        toString = undefined;
        get text() {
          return this.#currency;
        }
      })(),
      '{ amount: 5, toString: undefined }',
    ],
    [new RangeError('far').message, "'far'"],
  ])('is in the thread what it was here: %o', async (input, shown) => {
    expect(await cpu.run(measures, input)).toBe(shown);
  });

  test('that is cyclic stays so, and two items that share an object do not share it there', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['itself'] = cyclic;
    const back = (await cpu.run(echo, cyclic)) as typeof cyclic;
    expect(back['itself']).toBe(back);
    expect(back).not.toBe(cyclic);
  });

  const uncloneable: [string, () => unknown][] = [
    ['function', () => () => 1],
    ['symbol', () => Symbol('s')],
    ['symbol in an object', () => ({ a: Symbol('s') })],
    ['promise in an object', () => ({ pending: Promise.resolve() })],
    ['weak map', () => new WeakMap()],
    ['proxy', () => new Proxy({}, {})],
    ['socket', () => new Socket()],
    ['port', () => new MessageChannel().port1],
    ['stream', () => new ReadableStream()],
    ['URL', () => new URL('http://localhost')],
    ['detached buffer', () => [detached()]],
    ['getter that throws', () => withGetter(new Error('from the getter'))],
    ['getter that throws a string', () => withGetter('from the getter')],
    ['getter that throws undefined', () => withGetter(undefined)],
    ['getter that throws what looks like a DataCloneError', () => withGetter({ name: 'DataCloneError' })],
    ['100,000 levels', () => nested(100_000)],
  ];

  test.each(uncloneable)(
    'that is no data costs its item alone, before anything is run: %s',
    { timeout: 5000 },
    async (_, make) => {
      for (const options of [undefined, transfer]) {
        expect(await rejectionOf(cpu.run(echo, make(), options))).toBeInstanceOf(NotCloneableError);
      }
      const { outcomes } = await cpu.mapSettled(['before', make(), 'after'], echo, { chunk: 3 });
      expect(outcomes).toEqual([
        { status: 'fulfilled', index: 0, value: 'before' },
        { status: 'rejected', index: 1, reason: expect.any(NotCloneableError) },
        { status: 'fulfilled', index: 2, value: 'after' },
      ]);
    },
  );

  test.each(uncloneable)(
    'that is no data is one outcome of a stream, and the failure of a map: %s',
    { timeout: 5000 },
    async (_, make) => {
      const outcomes = await collect(cpu.stream(['before', make(), 'after'], echo));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await rejectionOf(cpu.map(['before', make(), 'after'], echo))).toBeInstanceOf(NotCloneableError);
    },
  );

  test('that is no data is rejected with what is wrong, where, and what to do', async () => {
    const error = await rejectionOf(cpu.map(['before', () => 1], echo, { chunk: 2 }));
    expect(error).toMatchObject({ name: 'NotCloneableError', code: 'ERR_PARALLEL_NOT_CLONEABLE' });
    expect(error.message).toBe(
      'Cannot send item 1 to echo.worker.ts: () => 1 could not be cloned; pass data only, as structuredClone() takes it',
    );
    expect(error.cause).toMatchObject({ name: 'DataCloneError' });
  });

  test('whose getter throws is rejected with what that threw', async () => {
    const error = await rejectionOf(cpu.run(echo, withGetter(new Error('from the getter'))));
    expect(error.message).toMatch(/^Cannot send item 0 to echo\.worker\.ts: from the getter/);
    expect(error.cause).toMatchObject({ message: 'from the getter' });
  });

  test('leaves the caller its buffers, where it could not be sent', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    await rejectionOf(cpu.run(echo, { bytes, callback: () => 1 }, transfer));
    await rejectionOf(cpu.map([{ callback: () => 1, bytes }], echo, transfer));
    expect(bytes).toEqual(new Uint8Array([1, 2, 3]));
  });
});

describe('without transfer', () => {
  test('buffers are copied: the caller’s stay as they are', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const input = { bytes, buffer: bytes.buffer, list: [bytes.subarray(1)] };
    expect(await cpu.run(buffers, { measure: input })).toEqual([1, 2, 3, 1, 2, 3, 2, 3]);
    const tasks: BufferTask[] = [{ measure: input }];
    expect(await cpu.map(tasks, buffers, { transfer: false })).toEqual([[1, 2, 3, 1, 2, 3, 2, 3]]);
    expect(bytes).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('a worker may return its input', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const back = (await cpu.run(echo, { bytes })) as { bytes: Uint8Array };
    expect(back.bytes).toEqual(bytes);
    back.bytes[0] = 9;
    expect(bytes[0]).toBe(1);
  });
});

describe('with transfer', () => {
  const shapes: [string, (bytes: Uint8Array<ArrayBuffer>) => unknown][] = [
    ['a typed array', (bytes) => bytes],
    ['an ArrayBuffer', ({ buffer }) => buffer],
    ['a DataView', ({ buffer }) => new DataView(buffer)],
    ['a typed array of another type', ({ buffer }) => new Uint16Array(buffer)],
    ['a Buffer of its own', ({ buffer }) => Buffer.from(buffer)],
    ['nested in objects and arrays', (bytes) => ({ list: [{ bytes }] })],
    ['in a Map and a Set', (bytes) => new Map([['set', new Set([bytes])]])],
    ['in an object without prototype', (bytes) => Object.assign(Object.create(null), { bytes })],
  ];

  test.each(shapes)('%s is detached here and arrives whole', async (_, shape) => {
    for (const call of ['run', 'map', 'mapSettled', 'stream'] as const) {
      const bytes = new Uint8Array([1, 2, 3, 4]);
      const task = { measure: shape(bytes) };
      let measured: unknown;
      if (call === 'run') measured = await cpu.run(buffers, task, transfer);
      else if (call === 'map') [measured] = await cpu.map([task], buffers, transfer);
      else if (call === 'mapSettled') [measured] = (await cpu.mapSettled([task], buffers, transfer)).values;
      else
        for await (const outcome of cpu.stream([task], buffers, transfer))
          measured = outcome.status === 'fulfilled' && outcome.value;
      expect(measured, call).toEqual([1, 2, 3, 4]);
      expect(bytes.byteLength, call).toBe(0);
      expect(bytes.buffer.detached, call).toBe(true);
    }
  });

  test('the same buffer twice in one item is moved once, and the two stay one', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const input = { first: bytes, second: bytes, buffer: bytes.buffer };
    const back = (await cpu.run(echo, input, transfer)) as typeof input;
    expect(bytes.buffer.detached).toBe(true);
    expect(back.first).toEqual(new Uint8Array([1, 2, 3]));
    expect(back.second).toBe(back.first);
    expect(back.first.buffer).toBe(back.buffer);
  });

  test('a small Buffer is copied, and its neighbours in the pool are left alone', async () => {
    const before = Buffer.from('before');
    const pooled = Buffer.from('pooled');
    const after = Buffer.from('after');
    expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.byteLength);
    expect(await cpu.run(buffers, { measure: [pooled] }, transfer)).toEqual([...Buffer.from('pooled')]);
    expect([before, pooled, after].map(String)).toEqual(['before', 'pooled', 'after']);
    expect(pooled.buffer.detached).toBe(false);
  });

  test('a view of a part of a buffer is copied, unless the whole buffer is there as well', async () => {
    const whole = new Uint8Array([1, 2, 3, 4]);
    expect(await cpu.run(buffers, { measure: whole.subarray(1, 3) }, transfer)).toEqual([2, 3]);
    expect(whole).toEqual(new Uint8Array([1, 2, 3, 4]));
    expect(await cpu.run(buffers, { measure: [whole.subarray(1, 3), whole] }, transfer)).toEqual([2, 3, 1, 2, 3, 4]);
    expect(whole.buffer.detached).toBe(true);
  });

  test('two items that share a buffer: the first one has it, and each has one outcome', async () => {
    for (const chunk of [undefined, 1, 2]) {
      const bytes = new Uint8Array([1, 2, 3]);
      const tasks = [{ measure: bytes }, { measure: bytes }];
      const { outcomes } = await cpu.mapSettled(tasks, buffers, { ...transfer, chunk });
      expect(outcomes[0]).toEqual({ status: 'fulfilled', index: 0, value: [1, 2, 3] });
      if (outcomes[1]?.status === 'rejected') expect(outcomes[1].reason).toBeInstanceOf(NotCloneableError);
      else expect(outcomes[1]).toEqual({ status: 'fulfilled', index: 1, value: [1, 2, 3] });
    }
  });

  test('a buffer that is gone already is one rejected outcome', async () => {
    const tasks: BufferTask[] = [{ measure: detached() }, { measure: new Uint8Array([1]) }];
    const { outcomes } = await cpu.mapSettled(tasks, buffers, transfer);
    expect(outcomes).toEqual([
      { status: 'rejected', index: 0, reason: expect.any(NotCloneableError) },
      { status: 'fulfilled', index: 1, value: [1] },
    ]);
  });

  test('a resizable ArrayBuffer is moved and stays resizable', async () => {
    const buffer = new ArrayBuffer(2, { maxByteLength: 16 });
    new Uint8Array(buffer).set([1, 2]);
    const back = (await cpu.run(echo, buffer, transfer)) as ArrayBuffer;
    expect(buffer.detached).toBe(true);
    expect(back).toMatchObject({ byteLength: 2, maxByteLength: 16, resizable: true });
    expect(new Uint8Array(back)).toEqual(new Uint8Array([1, 2]));
  });

  test('a buffer that must not be moved is copied', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    markAsUntransferable(bytes.buffer);
    expect(await cpu.run(buffers, { measure: bytes }, transfer)).toEqual([1, 2, 3]);
    expect(bytes).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('what holds no buffer is copied as ever', async () => {
    for (const input of [undefined, null, 5, 'text', { a: [1] }, new Date(0)]) {
      expect(await cpu.run(echo, input, transfer)).toEqual(input);
    }
  });

  test('every item of a chunk is moved', async () => {
    const items = Array.from({ length: 10 }, (_, index) => ({ measure: new Uint8Array([index]) }));
    expect(await cpu.map(items, buffers, { ...transfer, chunk: 4 })).toEqual(items.map((_, index) => [index]));
    expect(items.map(({ measure }) => measure.byteLength)).toEqual(Array(10).fill(0));
  });

  test('nothing is moved that was not started', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const signal = AbortSignal.abort(new Error('too late'));
    await rejectionOf(cpu.run(echo, bytes, { ...transfer, signal }));
    await rejectionOf(cpu.map([bytes], echo, { ...transfer, signal }));
    const { outcomes } = await cpu.mapSettled([bytes], echo, { ...transfer, signal });
    expect(outcomes).toEqual([{ status: 'skipped', index: 0, reason: 'aborted' }]);
    expect(bytes.byteLength).toBe(3);
  });
});

describe.each([
  ['moved', transfer],
  ['copied', undefined],
] as const)('a worker may give back what was %s to it', (_, options) => {
  test.each<[Extract<BufferTask, { give: string }>['give'], unknown]>([
    ['whole', new Uint8Array([1, 2, 3, 4])],
    ['part', new Uint8Array([2, 3])],
    ['parts', { head: new Uint8Array([1]), tail: [new Uint8Array([2, 3, 4])] }],
    ['instance', { pixels: new Uint8Array([1, 2, 3, 4]) }],
    ['words', new Uint16Array(new Uint8Array([1, 2, 3, 4]).buffer)],
  ])('%s', async (give, expected) => {
    const task = () => ({ give, of: new Uint8Array([1, 2, 3, 4]) });
    expect(await cpu.run(buffers, task(), options)).toStrictEqual(expected);
    const tasks: BufferTask[] = [task(), task(), task()];
    expect(await cpu.map(tasks, buffers, { ...options, chunk: 3 })).toStrictEqual([expected, expected, expected]);
  });

  test('in an error', async () => {
    const error = await rejectionOf(cpu.run(buffers, { give: 'error', of: new Uint8Array([1, 2]) }, options));
    expect(error).toMatchObject({ message: 'not readable', bytes: new Uint8Array([1, 2]) });
  });
});

describe('a SharedArrayBuffer is shared', () => {
  test.each([undefined, transfer])('on its way in, with %o', async (options) => {
    const memory = new SharedArrayBuffer(4);
    const counter = new Int32Array(memory);
    expect(await cpu.run(buffers, { count: memory }, options)).toBe(0);
    expect(Atomics.load(counter, 0)).toBe(1);
    Atomics.store(counter, 0, 42);
    expect(await cpu.run(buffers, 'counted')).toBe(42);
  });

  test('on its way out', async () => {
    const memory = await cpu.run(buffers, { return: 'counter' });
    expect(memory).toBeInstanceOf(SharedArrayBuffer);
    Atomics.store(new Int32Array(memory as SharedArrayBuffer), 0, 7);
    expect(await cpu.run(buffers, 'counted')).toBe(7);
  });

  test('in a view and in an object, beside a buffer that is moved', async () => {
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const bytes = new Uint8Array([1]);
    const back = (await cpu.run(echo, { counter, bytes }, transfer)) as { counter: Int32Array; bytes: Uint8Array };
    expect(back.counter.buffer).toBeInstanceOf(SharedArrayBuffer);
    Atomics.store(back.counter, 0, 5);
    expect(Atomics.load(counter, 0)).toBe(5);
    expect(bytes.byteLength).toBe(0);
  });
});

describe('the buffers of a result are moved', () => {
  const returned = () => cpu.run(buffers, 'returned');

  test('a large one is empty in the thread afterwards', async () => {
    const large = (await cpu.run(buffers, { return: 'large' })) as Uint8Array;
    expect(large.byteLength).toBe(5_000_000);
    expect(large[4_999_999]).toBe(7);
    expect(await returned()).toBe(0);
  });

  test('one that is in the result several times is moved once', async () => {
    const { whole, same, words, buffer } = (await cpu.run(buffers, { return: 'twice' })) as Record<string, Uint8Array>;
    expect(whole).toEqual(new Uint8Array([1, 2, 3]));
    expect(same).toBe(whole);
    expect(words?.buffer).toBe(buffer);
    expect(whole?.buffer).toBe(buffer);
    expect(await returned()).toBe(0);
  });

  test('one in a Map, an array and a Set too', async () => {
    expect(await cpu.run(buffers, { return: 'nested' })).toEqual(
      new Map([['list', [new Set([{ bytes: new Uint8Array([1]) }])]]]),
    );
    expect(await returned()).toBe(0);
  });

  test('a resizable one stays so', async () => {
    expect(await cpu.run(buffers, { return: 'resizable' })).toMatchObject({ byteLength: 2, maxByteLength: 8, resizable: true });
    expect(await returned()).toBe(0);
  });

  test('a view of a part is copied, and the thread keeps the whole', async () => {
    expect(await cpu.run(buffers, { return: 'part' })).toEqual(new Uint8Array([2, 3]));
    expect(await returned()).toBe(4);
    expect(await cpu.run(buffers, { return: 'parts' })).toEqual([new Uint8Array([1, 2]), new Uint8Array([3, 4])]);
    expect(await returned()).toBe(4);
  });

  test('a Buffer of the pool is copied, and its neighbours in the thread are left alone', async () => {
    const value = (await cpu.run(buffers, { return: 'pooled' })) as Uint8Array;
    expect(Buffer.from(value).toString()).toBe('pooled');
    expect(await cpu.run(buffers, 'neighbour')).toBe('neighbour');
  });

  test('those of a class instance arrive in a plain object', async () => {
    expect(await cpu.run(buffers, { return: 'instance' })).toStrictEqual({ pixels: new Uint8Array([7, 8, 9]) });
  });

  test('an input that was moved there is moved back', async () => {
    const bytes = new Uint8Array(1_000_000).fill(3);
    const back = (await cpu.run(echo, bytes, transfer)) as Uint8Array;
    expect(bytes.byteLength).toBe(0);
    expect(back.byteLength).toBe(1_000_000);
    expect(back[999_999]).toBe(3);
  });

  test('one buffer for two items of a chunk arrives for both', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect(await cpu.map([bytes, bytes], echo, { chunk: 2 })).toEqual([bytes, bytes]);
  });

  test('beside an item of the same chunk that is no data', async () => {
    const items = [new Uint8Array([1]), Symbol('in'), new Uint8Array([2])];
    const { outcomes } = await cpu.mapSettled(items, echo, { chunk: 3 });
    expect(outcomes).toMatchObject([{ value: items[0] }, { status: 'rejected' }, { value: items[2] }]);
  });
});

describe('a result is that of its own item, however items are put into chunks', () => {
  const items = (what: Reuse['what']): Reuse[] => Array.from({ length: 12 }, (_, item) => ({ what, item }));

  test.each([1, 4, 'auto'] as const)('where a worker keeps one object for all results, in chunks of %s', async (chunk) => {
    const values = (await cpu.map(items('record'), reuses, { chunk })) as { item: number }[];
    expect(values.map(({ item }) => item)).toEqual(items('record').map(({ item }) => item));
  });

  test.each([1, 4, 'auto'] as const)('where a worker keeps one buffer for all results, in chunks of %s', async (chunk) => {
    const values = (await cpu.map(items('part of a buffer'), reuses, { chunk })) as Uint8Array[];
    expect(values.map(([first]) => first)).toEqual(items('part of a buffer').map(({ item }) => item));
  });
});

test('what cannot cross is a ParallelError, to be told apart by its code', async () => {
  expect(await rejectionOf(cpu.run(echo, () => 1))).toBeInstanceOf(ParallelError);
});

function detached(): Uint8Array {
  const bytes = new Uint8Array(3);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function withGetter(thrown: unknown): object {
  return Object.defineProperty({}, 'a', {
    enumerable: true,
    get() {
      throw thrown;
    },
  });
}
