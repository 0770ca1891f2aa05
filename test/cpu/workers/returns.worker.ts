import { Socket } from 'node:net';
import * as path from 'node:path';
import { defineWorker } from 'lambda-parallel';

class Point {
  readonly x = 1;
  #secret = 2;
  get secret(): number {
    return this.#secret;
  }
}

class Points extends Array<Point> {}

function raise(error: unknown): never {
  throw error;
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(3);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function argumentsOf(..._args: unknown[]): unknown {
  // biome-ignore lint/complexity/noArguments: it is what is returned
  return arguments;
}

// The compiler's library for Node has no WebAssembly.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (options: { initial: number }) => { readonly buffer: ArrayBuffer } };
};
const memory = new WebAssembly.Memory({ initial: 1 });
const empty = new Uint8Array(0);
const cached = new Uint8Array([1, 2, 3]);

/** Results that are data, by name. */
export const data = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => Number.NaN,
  'minus zero': () => -0,
  bigint: () => 10n ** 30n,
  'empty string': () => '',
  'lone surrogate': () => '\ud800',
  date: () => new Date(0),
  'invalid date': () => new Date(Number.NaN),
  regexp: () => /a(?<b>c)/giu,
  'match of a regexp': () => /a(?<b>.)/.exec('xab'),
  map: () => new Map<unknown, unknown>([[{ a: 1 }, new Set([1, [2]])]]),
  set: () => new Set([Number.NaN, 'a', undefined]),
  holes: () => {
    const holes: unknown[] = [1];
    holes[4] = undefined;
    return holes;
  },
  'undefined fields': () => ({ a: undefined, b: [undefined] }),
  boxed: () => [Object(1), Object('a'), Object(false)],
  'no prototype': () => Object.assign(Object.create(null), { a: 1 }),
  'class instance': () => new Point(),
  'array of a class': () => Points.from([new Point()]),
  error: () => new RangeError('a value', { cause: 'why' }),
  DOMException: () => new DOMException('stopped', 'AbortError'),
  'typed arrays': () => [new Float64Array([1.5, -0]), new BigInt64Array([1n]), new DataView(new ArrayBuffer(2))],
  'array with a field': () => Object.assign([1, 2], { total: 3 }),
  getter: () => ({
    get a() {
      return [1];
    },
  }),
  'setter alone': () => ({ set a(_value: number) {} }),
  'hidden function': () => Object.defineProperty({ a: 1 }, 'hidden', { value: () => 1, enumerable: false }),
  'symbol key': () => ({ a: 1, [Symbol('key')]: () => 1 }),
  'environment of the process': () => Object.keys({ ...process.env }).length > 0,
  'string of 50 MB': () => 'é'.repeat(25_000_000),
} satisfies Record<string, () => unknown>;

/** Results that are not, by name. */
export const notData = {
  function: () => () => 1,
  symbol: () => Symbol('s'),
  class: () => Point,
  'function in an object': () => ({ a: { b: [() => 1] } }),
  'symbol in a map': () => new Map([['a', Symbol('s')]]),
  'function in a set': () => new Set([() => 1]),
  'boxed symbol': () => Object(Symbol('s')),
  promise: () => ({ pending: Promise.resolve(1) }),
  'weak map': () => new WeakMap(),
  'weak reference': () => [new WeakRef({})],
  generator: () => (function* () {})(),
  socket: () => new Socket(),
  port: () => new MessageChannel().port1,
  stream: () => new ReadableStream(),
  URL: () => new URL('http://localhost'),
  proxy: () => new Proxy({ a: 1 }, {}),
  'proxy of an array': () => [new Proxy([1], {})],
  arguments: () => argumentsOf(1, 2),
  'namespace of a module': () => path,
  'getter that throws': () => ({
    a: 1,
    get b() {
      return raise(new Error('from the getter'));
    },
  }),
  'getter that throws a string': () => ({
    get b() {
      return raise('from the getter');
    },
  }),
  'getter that throws undefined': () => ({
    get b() {
      return raise(undefined);
    },
  }),
  'getter that throws the second time': () => {
    let count = 0;
    return {
      get b() {
        count += 1;
        return count > 1 ? raise(new Error('twice')) : count;
      },
    };
  },
  'detached buffer': () => ({ bytes: detached() }),
  '10,000 levels': () => nested(10_000),
} satisfies Record<string, () => unknown>;

class Link {
  readonly next: Link | undefined;
  constructor(next: Link | undefined) {
    this.next = next;
  }
}

function chainOf(length: number): Link {
  let link = new Link(undefined);
  while (--length > 0) link = new Link(link);
  return link;
}

function causes(length: number): Error {
  let error = new Error('innermost');
  while (--length > 0) error = new Error('outer', { cause: error });
  return error;
}

/** Results that a thread can write, and the main thread, with its smaller stack, perhaps not read, by name. */
export const deep = {
  '3,000 levels': () => nested(3000),
  'list of 3,000 levels': () => {
    let list: unknown[] = [];
    for (let level = 0; level < 3000; level += 1) list = [list];
    return list;
  },
  'map of 3,000 levels': () => {
    let map = new Map();
    for (let level = 0; level < 3000; level += 1) map = new Map([['inner', map]]);
    return map;
  },
  '3,000 instances of a class': () => chainOf(3000),
  'error with 3,000 causes': () => causes(3000),
  'error with 7,000 causes': () => causes(7000),
} satisfies Record<string, () => unknown>;

/** Results that hold on to something that is not to be moved away, by name. */
const kept = {
  'empty constant': () => empty,
  'cached constant': () => cached,
  'memory of WebAssembly': () => new Uint8Array(memory.buffer),
} satisfies Record<string, () => unknown>;

export function nested(levels: number): object {
  let value = {};
  for (let level = 0; level < levels; level += 1) value = { value };
  return value;
}

const all: Record<string, () => unknown> = { ...data, ...notData, ...deep, ...kept, fine: () => 'fine' };

export type DataName = keyof typeof data;
export type NotDataName = keyof typeof notData;
export type DeepName = keyof typeof deep;

/** Returns what it is asked for; a number is how deep it is to be nested. */
export default defineWorker((what: DataName | NotDataName | DeepName | keyof typeof kept | 'fine' | number): unknown =>
  typeof what === 'number' ? nested(what) : all[what]?.(),
);
