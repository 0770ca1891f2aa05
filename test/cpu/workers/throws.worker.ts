import { AssertionError, strictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { defineWorker } from 'lambda-parallel';

/** Its name is nowhere but in the class. */
class UnnamedError extends Error {}

class NamedError extends Error {
  override name = 'PaperJamError';
}

class NamedOnPrototypeError extends Error {
  static {
    NamedOnPrototypeError.prototype.name = 'TrayError';
  }
}

class UnnamedRangeError extends RangeError {}

class OwnCodeError extends Error {
  readonly code = 'E_PAPER';
}

class PrototypeCodeError extends Error {
  declare code: string;
  static {
    PrototypeCodeError.prototype.code = 'E_PROTOTYPE';
  }
}

class GetterCodeError extends Error {
  get code(): string {
    return 'E_GETTER';
  }
}

class ValidationError extends Error {
  readonly errors = [{ path: 'a', problem: 'missing' }, 'b'];
}

function raise(error: unknown): never {
  throw error;
}

function having(properties: PropertyDescriptorMap, error: Error = new Error('awkward')): Error {
  return Object.defineProperties(error, properties);
}

function throwingGetter(thrown: unknown): PropertyDescriptor {
  return { enumerable: true, configurable: true, get: () => raise(thrown) };
}

/** A chain of causes, the innermost first. */
function chainOf(length: number): Error {
  let error = new Error('0');
  for (let depth = 1; depth < length; depth += 1) error = new Error(String(depth), { cause: error });
  return error;
}

function cyclic(): Error {
  const error: Error & { itself?: unknown } = new Error('cyclic');
  error.cause = error;
  error.itself = error;
  return error;
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(3);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Many ways to fail, by name. */
export const ways = {
  // Of the language, and of Node
  Error: () => raise(new Error('an Error')),
  EvalError: () => raise(new EvalError('an EvalError')),
  RangeError: () => raise(new RangeError('a RangeError')),
  ReferenceError: () => raise(new ReferenceError('a ReferenceError')),
  SyntaxError: () => JSON.parse('{'),
  TypeError: () => (undefined as unknown as { a: string }).a,
  URIError: () => decodeURIComponent('%'),
  AggregateError: () => raise(new AggregateError([new TypeError('one'), 'two', undefined], 'all of them')),
  'invalid URL': () => new URL('nothing'),
  'out of range': () => Buffer.alloc(-1),
  'no such file': () => readFileSync('/no/such/file'),
  'failed assertion': () => strictEqual(1, 2),
  'own AssertionError': () => raise(new AssertionError({ message: 'own', actual: [1], expected: [2], operator: 'sameAs' })),
  'out of stack': () => {
    const recurse = (): unknown => [recurse()];
    return recurse();
  },

  // Classes
  'unnamed class': () => raise(new UnnamedError('unnamed')),
  'named class': () => raise(new NamedError('named')),
  'class named on the prototype': () => raise(new NamedOnPrototypeError('named')),
  'unnamed subclass of RangeError': () => raise(new UnnamedRangeError('too far')),
  'own code': () => raise(new OwnCodeError('own')),
  'prototype code': () => raise(new PrototypeCodeError('prototype')),
  'getter code': () => raise(new GetterCodeError('getter')),
  'numeric code': () => raise(Object.assign(new Error('numeric'), { code: 404 })),
  'hidden code': () => raise(having({ code: { value: 'E_HIDDEN', enumerable: false } })),
  DOMException: () => raise(new DOMException('it took too long', 'TimeoutError')),

  // Message, stack, cause
  'empty message': () => raise(new Error('')),
  'lines in the message': () => raise(new Error('one\ntwo\n    at three')),
  'own stack': () => raise(Object.assign(new Error('own stack'), { stack: 'a stack of my own' })),
  'no stack': () => raise(Object.assign(new Error('no stack'), { stack: undefined })),
  causes: () =>
    raise(
      new Error('outer', { cause: new UnnamedRangeError('middle', { cause: new OwnCodeError('inner', { cause: 'root' }) }) }),
    ),
  'undefined cause': () => raise(new Error('undefined cause', { cause: undefined })),
  'null cause': () => raise(new Error('null cause', { cause: null })),
  'object cause': () => raise(new Error('object cause', { cause: { deep: [new Map([[1, 2n]])] } })),
  'function cause': () => raise(new Error('function cause', { cause: () => 1 })),

  // Own fields
  fields: () =>
    raise(
      Object.assign(new Error('fields'), {
        status: 503,
        nothing: undefined,
        none: null,
        big: 10n,
        when: new Date(0),
        headers: new Map([['retry-after', '1']]),
        bytes: new Uint8Array([1, 2, 3]),
        buffer: new Uint8Array([4, 5]).buffer,
        inner: new OwnCodeError('inner'),
        list: [1, { two: 2 }],
      }),
    ),
  'uncloneable fields': () =>
    raise(
      Object.assign(new Error('fields'), {
        retry: () => 1,
        id: Symbol('request'),
        pending: Promise.resolve(5),
        response: { status: 500, body: new ReadableStream() },
        weak: new WeakMap(),
        port: new MessageChannel().port1,
        kept: 'kept',
      }),
    ),
  'errors of a class of its own': () => raise(new ValidationError('invalid')),
  'fields named like those of Object': () =>
    raise(having({ __proto__: { value: 1, enumerable: true }, constructor: { value: 2, enumerable: true } } as never)),
  'own toString': () => raise(Object.assign(new Error('own toString'), { toString: () => 'as text' })),
  SuppressedError: () => {
    const { SuppressedError } = globalThis as unknown as { SuppressedError: new (...args: unknown[]) => Error };
    throw new SuppressedError(new RangeError('while closing'), new TypeError('before'), 'suppressed');
  },

  // What nobody should throw
  frozen: () => raise(Object.freeze(new OwnCodeError('frozen'))),
  sealed: () => raise(Object.seal(new UnnamedError('sealed'))),
  'numeric name': () => raise(Object.assign(new Error('numeric name'), { name: 5 })),
  'null name': () => raise(Object.assign(new Error('null name'), { name: null })),
  'symbol name': () => raise(having({ stack: { value: '' }, name: { value: Symbol('name') } })),
  'object name': () => raise(having({ stack: { value: '' }, name: { value: Object.create(null) } })),
  'empty name': () => raise(Object.assign(new Error('empty name'), { name: '' })),
  'name of a method of Object': () => raise(Object.assign(new Error('odd name'), { name: 'toString' })),
  'name of the constructor of Object': () => raise(Object.assign(new Error('odd name'), { name: 'constructor' })),
  'object message': () => raise(having({ stack: { value: '' }, message: { value: Object.create(null) } })),
  'throwing field': () => raise(having({ bad: throwingGetter(new Error('from the getter')) })),
  'field that throws a function': () => raise(having({ bad: throwingGetter(() => 1) })),
  'throwing name': () => raise(having({ name: throwingGetter(new Error('from the getter')) })),
  'throwing message': () => raise(having({ message: throwingGetter(new Error('from the getter')) })),
  'throwing code': () => raise(having({ code: throwingGetter(new Error('from the getter')) })),
  'throwing stack': () => raise(having({ stack: throwingGetter(new Error('from the getter')) })),
  'throwing cause': () => raise(having({ cause: throwingGetter(new Error('from the getter')) })),
  'AggregateError without errors': () => raise(Object.assign(new AggregateError([], 'none'), { errors: undefined })),
  'field that is a proxy': () => raise(Object.assign(new Error('proxy'), { draft: new Proxy({}, {}) })),
  'field with a function deep inside': () => raise(Object.assign(new Error('deep'), { rows: Object.assign([1], { next() {} }) })),
  'detached field': () => raise(Object.assign(new Error('detached'), { bytes: detached() })),
  'cyclic cause': () => raise(cyclic()),
  'cyclic value': () => {
    const value: Record<string, unknown> = {};
    value['itself'] = value;
    throw value;
  },
  'deep causes': () => raise(chainOf(20_000)),
  'proxied error': () => raise(new Proxy(new OwnCodeError('proxied'), {})),
  'revoked proxy': () => raise(revoked(new Error('revoked'))),
  'error of another realm': () => runInNewContext('throw Object.assign(new TypeError("elsewhere"), { code: "E_REALM" })'),

  // No errors
  string: () => raise('a string'),
  'empty string': () => raise(''),
  number: () => raise(42),
  NaN: () => raise(Number.NaN),
  bigint: () => raise(10n),
  boolean: () => raise(false),
  undefined: () => raise(undefined),
  null: () => raise(null),
  object: () => raise({ code: 'E_OBJECT', list: [1] }),
  array: () => raise([1, 2]),
  function: () => raise(function retry() {}),
  symbol: () => raise(Symbol('why')),
  proxy: () => raise(new Proxy({ a: 1 }, {})),
  'object with a function': () => raise({ a: 1, again() {} }),
  'object that cannot be shown': () => raise({ again() {}, [inspect.custom]: () => raise(new Error('not shown')) }),
  'class instance': () =>
    raise(
      new (class Failure {
        readonly reason = 'instance';
      })(),
    ),

  // By way of a promise
  'rejected with an error': () => Promise.reject(new OwnCodeError('rejected')),
  'rejected with undefined': () => Promise.reject(undefined),
  'rejected later': async () => {
    await new Promise((resolve) => setImmediate(resolve));
    throw new OwnCodeError('later');
  },
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is about
  'rejecting thenable': () => ({ then: (_: unknown, reject: (reason: unknown) => void) => reject(new OwnCodeError('thenable')) }),
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is about
  'throwing thenable': () => ({ then: () => raise(new OwnCodeError('thenable')) }),

  // No failure at all
  nothing: () => 'fine',
} satisfies Record<string, () => unknown>;

export type Way = keyof typeof ways;

export default defineWorker((way: Way): unknown => ways[way]());
