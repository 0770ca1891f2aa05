import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { createParallel, WorkerThrewError, workerRef } from 'lambda-parallel';
import { describe, expect, test } from 'vitest';
import { collect } from '../helpers/collect.ts';
import { onOneThread } from '../helpers/on-one-thread.ts';
import { rejectionOf } from '../helpers/rejection-of.ts';
import direct, { type Way, ways } from './workers/throws.worker.ts';

const url = new URL('./workers/throws.worker.ts', import.meta.url);
const throws = workerRef<typeof import('./workers/throws.worker.ts')>(url);

const cpu = onOneThread([throws]);

const thrownBy = (way: Way) => rejectionOf(cpu.run(throws, way));

/** The same worker, called on this thread. */
const thrownHere = (way: Way) => rejectionOf((async () => direct(way))());

describe('an error that a worker throws arrives', () => {
  test.each<[Way, new (...args: never[]) => Error]>([
    ['Error', Error],
    ['EvalError', EvalError],
    ['RangeError', RangeError],
    ['ReferenceError', ReferenceError],
    ['SyntaxError', SyntaxError],
    ['TypeError', TypeError],
    ['URIError', URIError],
    ['AggregateError', AggregateError],
  ])('as the built-in class that it is: %s', async (way, type) => {
    const error = await thrownBy(way);
    expect(error).toBeInstanceOf(type);
    expect(Object.getPrototypeOf(error)).toBe(type.prototype);
    expect(Object.hasOwn(error, 'name')).toBe(false);
    expect(String(error)).toBe(String(await thrownHere(way)));
  });

  test.each<[Way, new (...args: never[]) => Error, object]>([
    ['invalid URL', TypeError, { code: 'ERR_INVALID_URL', input: 'nothing' }],
    ['out of range', RangeError, { code: 'ERR_OUT_OF_RANGE' }],
    ['no such file', Error, { code: 'ENOENT', errno: -2, syscall: 'open', path: '/no/such/file' }],
    ['failed assertion', Error, { code: 'ERR_ASSERTION', name: 'AssertionError', actual: 1, expected: 2 }],
    ['own AssertionError', Error, { name: 'AssertionError', actual: [1], expected: [2], operator: 'sameAs' }],
    ['out of stack', RangeError, { message: 'Maximum call stack size exceeded' }],
  ])('as Node made it: %s', async (way, type, fields) => {
    const [error, here] = [await thrownBy(way), await thrownHere(way)];
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject(fields);
    expect({ ...error, message: error.message, name: error.name }).toEqual({ ...here, message: here.message, name: here.name });
  });

  test.each<[Way, string]>([
    ['unnamed class', 'UnnamedError'],
    ['named class', 'PaperJamError'],
    ['class named on the prototype', 'TrayError'],
    ['unnamed subclass of RangeError', 'UnnamedRangeError'],
  ])('with the name of its class: %s', async (way, name) => {
    const error = await thrownBy(way);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(Object.keys(error)).toEqual([]);
    expect(String(error)).toBe(`${name}: ${(await thrownHere(way)).message}`);
  });

  test('as a RangeError, where its class is one and has no name of its own', async () => {
    expect(await thrownBy('unnamed subclass of RangeError')).toBeInstanceOf(RangeError);
  });

  test.each<[Way, unknown]>([
    ['own code', 'E_PAPER'],
    ['prototype code', 'E_PROTOTYPE'],
    ['getter code', 'E_GETTER'],
    ['numeric code', 404],
    ['hidden code', 'E_HIDDEN'],
    ['DOMException', 23],
  ])('with its code: %s', async (way, code) => {
    expect((await thrownBy(way))['code']).toBe(code);
  });

  test('without a code, where it has none', async () => {
    expect(await thrownBy('Error')).not.toHaveProperty('code');
  });

  test('with the name and the message of a DOMException', async () => {
    expect(await thrownBy('DOMException')).toMatchObject({ name: 'TimeoutError', message: 'it took too long' });
  });

  test.each<Way>(['empty message', 'lines in the message'])('with its message: %s', async (way) => {
    expect((await thrownBy(way)).message).toBe((await thrownHere(way)).message);
  });

  test('with its stack, which points into the worker file', async () => {
    const error = await thrownBy('unnamed class');
    expect(error.stack).toMatch(/^Error: unnamed\n {4}at /);
    expect(error.stack).toContain(fileURLToPath(url));
    expect(Object.keys(error)).toEqual([]);
    expect((await thrownBy('own stack')).stack).toBe('a stack of my own');
    expect((await thrownBy('no stack')).message).toBe('no stack');
  });

  test('with its causes, however many and whatever they are', async () => {
    const error = await thrownBy('causes');
    const middle = error.cause as Error;
    const inner = middle.cause as Error;
    expect(middle).toBeInstanceOf(RangeError);
    expect(middle.message).toBe('middle');
    expect(middle.stack).toContain(fileURLToPath(url));
    expect(inner).toMatchObject({ name: 'OwnCodeError', message: 'inner', code: 'E_PAPER', cause: 'root' });
    expect(Object.keys(error)).toEqual([]);
    expect((await thrownBy('object cause')).cause).toEqual({ deep: [new Map([[1, 2n]])] });
    expect((await thrownBy('function cause')).cause).toMatch(/function/i);
  });

  test('with a cause that is undefined or null, or without any', async () => {
    for (const [way, cause] of [
      ['undefined cause', undefined],
      ['null cause', null],
    ] as const) {
      const error = await thrownBy(way);
      expect(Object.hasOwn(error, 'cause')).toBe(true);
      expect(error.cause).toBe(cause);
    }
    expect(Object.hasOwn(await thrownBy('Error'), 'cause')).toBe(false);
  });

  test('with the errors of an AggregateError', async () => {
    const error = (await thrownBy('AggregateError')) as unknown as AggregateError;
    expect(error.errors).toEqual([expect.any(TypeError), 'two', undefined]);
    expect(error.errors[0].message).toBe('one');
    expect(Object.keys(error)).toEqual([]);
  });

  test('with its own fields', async () => {
    const error = await thrownBy('fields');
    expect({ ...error }).toEqual({
      status: 503,
      nothing: undefined,
      none: null,
      big: 10n,
      when: new Date(0),
      headers: new Map([['retry-after', '1']]),
      bytes: new Uint8Array([1, 2, 3]),
      buffer: new Uint8Array([4, 5]).buffer,
      inner: expect.objectContaining({ name: 'OwnCodeError', message: 'inner', code: 'E_PAPER' }),
      list: [1, { two: 2 }],
    });
    expect(error['inner']).toBeInstanceOf(Error);
    expect(error['buffer']).toBeInstanceOf(ArrayBuffer);
  });

  test('with the text of own fields that cannot cross the boundary', async () => {
    const error = await thrownBy('uncloneable fields');
    const { retry, id, pending, response, weak, port, kept } = error;
    expect(kept).toBe('kept');
    expect(typeof retry).not.toBe('function');
    expect([id, pending, response, weak, port].map((field) => typeof field)).toEqual(Array(5).fill('string'));
    expect(id).toBe('Symbol(request)');
    expect(response).toContain('500');
  });

  test('with the own field `errors` of a class that is no AggregateError', async () => {
    expect((await thrownBy('errors of a class of its own'))['errors']).toEqual([{ path: 'a', problem: 'missing' }, 'b']);
  });

  test('with what a SuppressedError suppressed', async () => {
    const error = await thrownBy('SuppressedError');
    expect(error).toMatchObject({ name: 'SuppressedError', message: 'suppressed' });
    expect(error['error']).toBeInstanceOf(RangeError);
    expect(error['suppressed']).toBeInstanceOf(TypeError);
  });

  test('and can still be written as text where it had a toString() of its own', async () => {
    expect(String(await thrownBy('own toString'))).toContain('own toString');
  });

  test.each<Way>(['rejected with an error', 'rejected later', 'rejecting thenable', 'throwing thenable'])(
    'by way of a promise: %s',
    async (way) => {
      expect(await thrownBy(way)).toMatchObject({ name: 'OwnCodeError', code: 'E_PAPER' });
    },
  );
});

describe('what nobody should throw arrives as one rejection, on the thread that goes on', () => {
  test.each<[Way, object]>([
    ['frozen', { name: 'OwnCodeError', message: 'frozen', code: 'E_PAPER' }],
    ['sealed', { name: 'UnnamedError', message: 'sealed' }],
    ['numeric name', { name: expect.any(String), message: 'numeric name' }],
    ['null name', { name: expect.any(String), message: 'null name' }],
    ['symbol name', { name: expect.any(String), message: 'awkward' }],
    ['empty name', { name: '', message: 'empty name' }],
    ['name of a method of Object', { name: 'toString', message: 'odd name' }],
    ['name of the constructor of Object', { name: 'constructor', message: 'odd name' }],
    ['fields named like those of Object', { message: 'awkward', constructor: 2 }],
    ['proxied error', { message: 'proxied', code: 'E_PAPER' }],
    ['error of another realm', { name: 'TypeError', message: 'elsewhere', code: 'E_REALM' }],
    ['field that is a proxy', { message: 'proxy', draft: expect.any(String) }],
    ['field with a function deep inside', { message: 'deep', rows: expect.any(String) }],
    ['detached field', { message: 'detached', bytes: expect.any(String) }],
  ])('%s', async (way, expected) => {
    const error = await thrownBy(way);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject(expected);
  });

  test.each<[Way, string]>([
    ['object name', 'awkward'],
    ['object message', ''],
    ['throwing field', 'awkward'],
    ['field that throws a function', 'awkward'],
    ['throwing name', 'awkward'],
    ['throwing message', ''],
    ['throwing code', 'awkward'],
    ['throwing stack', 'awkward'],
    ['throwing cause', 'awkward'],
    ['AggregateError without errors', 'none'],
  ])('%s, as far as it can be read', async (way, message) => {
    const error = await thrownBy(way);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toMatchObject({ code: 'ERR_PARALLEL_WORKER_CRASHED' });
    expect(error.message).toContain(message);
  });

  test('an error that is its own cause, and its own field', async () => {
    const error = await thrownBy('cyclic cause');
    expect(error.message).toBe('cyclic');
    expect(inspect(error.cause)).toContain('cyclic');
    expect(inspect(error['itself'])).toContain('cyclic');
  });

  test('an error with 20,000 causes, of which the outermost are kept', async () => {
    const error = await thrownBy('deep causes');
    expect(error.message).toBe('19999');
    expect((error.cause as Error).message).toBe('19998');
    let count = 0;
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) count += 1;
    expect(count).toBeGreaterThan(5);
    expect(count).toBeLessThan(1000);
  });

  test('a revoked proxy', async () => {
    expect(await thrownBy('revoked proxy')).toMatchObject({ code: 'ERR_PARALLEL_WORKER_THREW' });
  });
});

describe('what is no error arrives as the cause of a WorkerThrewError', () => {
  test.each<[Way, unknown]>([
    ['string', 'a string'],
    ['empty string', ''],
    ['number', 42],
    ['NaN', Number.NaN],
    ['bigint', 10n],
    ['boolean', false],
    ['undefined', undefined],
    ['null', null],
    ['object', { code: 'E_OBJECT', list: [1] }],
    ['array', [1, 2]],
    ['class instance', { reason: 'instance' }],
    ['rejected with undefined', undefined],
    ['function', expect.stringContaining('retry')],
    ['symbol', 'Symbol(why)'],
    ['object with a function', expect.stringContaining('again')],
    ['proxy', expect.anything()],
  ])('%s', async (way, cause) => {
    const error = await thrownBy(way);
    expect(error).toBeInstanceOf(WorkerThrewError);
    expect(error).toMatchObject({ name: 'WorkerThrewError', code: 'ERR_PARALLEL_WORKER_THREW' });
    expect(error.cause).toEqual(cause);
    expect(error.message).toMatch(/^Cannot tell what went wrong in throws\.worker\.ts: it threw .+; throw an Error instead$/);
  });

  test('an object that refers to itself', async () => {
    const { cause } = (await thrownBy('cyclic value')) as { cause: Record<string, unknown> };
    expect(cause['itself']).toBe(cause);
  });

  test('an object that cannot even be shown', async () => {
    expect(await thrownBy('object that cannot be shown')).toBeInstanceOf(WorkerThrewError);
  });

  test('with the value in the message', async () => {
    expect((await thrownBy('string')).message).toContain('it threw "a string"; throw an Error instead');
    expect((await thrownBy('undefined')).message).toContain('it threw undefined (undefined)');
    expect((await thrownBy('object')).message).toContain("code: 'E_OBJECT'");
  });
});

describe('errors of a chunk', () => {
  const mixed: Way[] = ['nothing', 'own code', 'nothing', 'string', 'TypeError', 'nothing', 'causes'];

  test.each([1, 3, mixed.length, 'auto'] as const)('belong to their items, in chunks of %s', async (chunk) => {
    const { outcomes } = await cpu.mapSettled(mixed, throws, { chunk });
    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error).name : outcome.status))).toEqual([
      'fulfilled',
      'OwnCodeError',
      'fulfilled',
      'WorkerThrewError',
      'TypeError',
      'fulfilled',
      'Error',
    ]);
  });

  test('are the same for run, map, mapSettled and stream', async () => {
    const reasons = [
      await thrownBy('own code'),
      await rejectionOf(cpu.map(['own code'], throws)),
      (await cpu.mapSettled(['own code'], throws)).rejected[0]?.reason,
      await collect(cpu.stream(['own code'], throws)).then(([outcome]) =>
        outcome?.status === 'rejected' ? outcome.reason : outcome,
      ),
    ];
    for (const reason of reasons) {
      expect(reason).toMatchObject({ name: 'OwnCodeError', message: 'own', code: 'E_PAPER' });
      expect((reason as Error).stack).toContain(fileURLToPath(url));
    }
  });

  test('cost their own items alone, even where one cannot be read', async () => {
    const { outcomes } = await cpu.mapSettled<Way, unknown>(['nothing', 'throwing field', 'nothing', 'object name'], throws, {
      chunk: 4,
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { message: 'awkward' } });
    expect(outcomes[3]).toMatchObject({ reason: { message: 'awkward' } });
  });
});

test('an error that refers to itself many times over is packed in no time', { timeout: 5000 }, async () => {
  const entangled = workerRef<typeof import('./workers/throws-entangled.worker.ts')>(
    new URL('./workers/throws-entangled.worker.ts', import.meta.url),
  );
  using runtime = createParallel({ workers: [entangled], maxThreads: 1 });
  expect((await rejectionOf(runtime.cpu.run(entangled, 3))).message).toBe('entangled');
  expect((await rejectionOf(runtime.cpu.run(entangled, 30))).message).toBe('entangled');
});

test.each(['field', 'cause', 'value'] as const)(
  'what is nested deeply is one rejection like any other: %s of an error',
  { timeout: 5000 },
  async (what) => {
    const deeply = workerRef<typeof import('./workers/throws-deeply.worker.ts')>(
      new URL('./workers/throws-deeply.worker.ts', import.meta.url),
    );
    using runtime = createParallel({ workers: [deeply], maxThreads: 1 });
    const { outcomes } = await runtime.cpu.mapSettled(['nothing', what, 'nothing'], deeply, { chunk: 1 });
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    if (what !== 'value') expect(outcomes[1]).toMatchObject({ reason: { message: 'deep' } });
  },
);

test.each(Object.keys(ways) as Way[])(
  'the thread goes on and every item has its own outcome after: %s',
  { timeout: 5000 },
  async (way) => {
    const { outcomes } = await cpu.mapSettled<Way, unknown>(['nothing', way, 'nothing'], throws, { chunk: 3 });
    const status = way === 'nothing' ? 'fulfilled' : 'rejected';
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', status, 'fulfilled']);
    if (outcomes[1]?.status === 'rejected') {
      expect(outcomes[1].reason).toBeInstanceOf(Error);
      expect(outcomes[1].reason).not.toMatchObject({ code: 'ERR_PARALLEL_WORKER_CRASHED' });
    }
  },
);
