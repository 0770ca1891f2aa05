import { inspect } from 'node:util';
import { defineWorker } from 'lambda-parallel';

const { log, error } = console;

class Customer {
  readonly name = 'Ann';
  readonly #card = '4242';
  get card(): string {
    return this.#card;
  }
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Ways to log, by name. */
const ways = {
  levels() {
    console.debug('debug');
    console.info('info');
    console.log('log');
    console.trace('trace');
    console.warn('warn');
    console.error('error');
  },
  kept() {
    log('kept log');
    error('kept error');
  },
  data() {
    console.log('data', { nested: { list: [1, 2n] } }, new Map([['a', new Date(0)]]), undefined, null, -0, new Uint8Array([1]));
  },
  nothing() {
    console.log();
  },
  placeholders() {
    console.log('%s is %d years old', 'Ann', 30, { extra: true });
  },
  snapshots() {
    const state = { step: 1 };
    console.log(state);
    state.step = 2;
    console.log(state);
  },
  'no data'() {
    console.log(function named() {}, Symbol('s'), Promise.resolve(1), { callback() {} }, new URL('http://localhost/path'));
  },
  errors() {
    console.error(Object.assign(new RangeError('far', { cause: new Error('why') }), { code: 'E_FAR' }));
  },
  instance() {
    console.log(new Customer());
  },
  table() {
    console.table([{ column: 'cell' }]);
  },
  group() {
    console.group('title');
    console.log('inside');
    console.groupEnd();
  },
  'count and assert'() {
    console.count('calls');
    console.assert(false, 'as expected');
    console.assert(true, 'never');
  },
  time() {
    console.time('step');
    console.timeEnd('step');
  },
  dir() {
    console.dir({ shown: 'with dir' });
  },
  awkward() {
    console.log(revoked());
    console.log(new Proxy({ a: 1 }, {}));
    console.log({
      get bad() {
        throw new Error('from the getter');
      },
    });
    console.log({ [inspect.custom]: () => 'shown in its own way', callback() {} });
  },
  deep() {
    let link: object = {};
    for (let level = 0; level < 3000; level += 1) link = Object.assign(Object.create(Customer.prototype), { link });
    console.log('deep', link);
  },
  throws() {
    console.log('before');
    throw new Error('thrown');
  },
  many() {
    for (let line = 0; line < 5000; line += 1) console.log(line);
  },
  async later() {
    console.log('first');
    await new Promise((resolve) => setImmediate(resolve));
    console.log('second');
  },
  stdout() {
    process.stdout.write('written to stdout\n');
    process.stderr.write('written to stderr\n');
  },
};

export type LogWay = keyof typeof ways;

/** Logs in the way it is asked for; anything else is logged as it is. Returns its input. */
export default defineWorker(async (way: string): Promise<string> => {
  if (way in ways) await ways[way as LogWay]();
  else console.log(way);
  return way;
});
