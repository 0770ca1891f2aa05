import { EventEmitter, on } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { S3Client } from '@aws-sdk/client-s3';
import { createParallel, DeadlineExceededError, ServiceCallError } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import { afterEach, expect, test, vi } from 'vitest';
import { AWKWARD_KEYS } from '../helpers/awkward-keys.ts';
import { putKeys, s3ClientOf } from '../helpers/aws-clients.ts';
import { countdown } from '../helpers/countdown.ts';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { gate } from '../helpers/gate.ts';
import { closedUrl, startHttpServer } from '../helpers/http-server.ts';
import { turn } from '../helpers/turn.ts';

afterEach(() => {
  vi.useRealTimers();
});

const KEYS = Array.from({ length: 50 }, (_, index) => `photos/${String(index).padStart(3, '0')}.jpg`);

function textOf({ body }: { body: Uint8Array }): string {
  return Buffer.from(body).toString();
}

function* generated(keys: readonly string[]) {
  yield* keys;
}

async function* generatedLater(keys: readonly string[]) {
  for (const key of keys) {
    await turn();
    yield key;
  }
}

test.each([
  ['an array', () => KEYS],
  ['a Set', () => new Set(KEYS)],
  ['a generator', () => generated(KEYS)],
  ['an async generator', () => generatedLater(KEYS)],
])('getMany() reads the keys of %s, one outcome each, in their order', async (_, keys) => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, KEYS);
  const result = await createObjectReader(embedded.s3).getMany(runtime.io, {
    bucket: 'bucket',
    keys: keys(),
    concurrency: 8,
    use: textOf,
  });
  expect(result.outcomes).toEqual(KEYS.map((key, index) => ({ status: 'fulfilled', index, key, value: `body of ${key}` })));
  expect(result).toMatchObject({
    fulfilledCount: 50,
    rejectedCount: 0,
    skippedCount: 0,
    completionReason: 'all-settled',
    isInputExhausted: true,
    totals: { objectCount: 50, byteCount: 50 * 'body of photos/000.jpg'.length },
  });
});

test('getMany() gives the objects themselves without `use`, under awkward keys as under any', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, AWKWARD_KEYS);
  const { outcomes } = await createObjectReader(embedded.s3).getMany(runtime.io, { bucket: 'bucket', keys: AWKWARD_KEYS });
  const read = outcomes.map((outcome) => [outcome.key, outcome.status === 'fulfilled' && textOf(outcome.value)]);
  expect(read).toEqual(AWKWARD_KEYS.map((key) => [key, `body of ${key}`]));
});

test('getMany() of no keys is a result', async () => {
  await using runtime = createParallel();
  const reader = createObjectReader(s3ClientOf('http://localhost'));
  for (const keys of [[], new Set<string>(), generated([]), generatedLater([])]) {
    expect(await reader.getMany(runtime.io, { bucket: 'bucket', keys })).toMatchObject({
      outcomes: [],
      completionReason: 'all-settled',
      totals: { objectCount: 0, byteCount: 0, objectsPerSecond: 0, bytesPerSecond: 0 },
    });
  }
});

test('getMany() keeps the outcome of each object apart, whatever happens to the others', async () => {
  await using embedded = await startEmbeddedS3({}, { maxAttempts: 1 });
  await using runtime = createParallel();
  await putKeys(embedded.s3, ['a', 'denied', 'slow', 'reset', 'z']);
  embedded.aws.configure('s3', {
    faults: [
      { matching: 'denied', answer: { status: 403, code: 'AccessDenied' } },
      { matching: 'slow', answer: { status: 503, code: 'SlowDown' } },
      { matching: 'reset', answer: 'reset' },
    ],
  });
  const keys = ['a', 'missing', 'denied', '', 'slow', 'reset', 'z'];
  const result = await createObjectReader(embedded.s3).getMany(runtime.io, { bucket: 'bucket', keys, use: textOf });
  expect(result.outcomes).toMatchObject([
    { status: 'fulfilled', key: 'a', value: 'body of a' },
    { status: 'rejected', key: 'missing', reason: { serviceCode: 'NoSuchKey', statusCode: 404 } },
    { status: 'rejected', key: 'denied', reason: { serviceCode: 'AccessDenied', statusCode: 403 } },
    { status: 'rejected', key: '', reason: expect.any(TypeError) },
    {
      status: 'rejected',
      key: 'slow',
      reason: { serviceCode: 'SlowDown', message: expect.stringContaining('lower the concurrency') },
    },
    { status: 'rejected', key: 'reset', reason: { serviceCode: 'ECONNRESET', statusCode: undefined } },
    { status: 'fulfilled', key: 'z', value: 'body of z' },
  ]);
  expect(result).toMatchObject({ fulfilledCount: 2, rejectedCount: 5, totals: { objectCount: 2, byteCount: 18 } });
});

test('getMany() from a bucket that is not there, or an endpoint that is closed, is one outcome each', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  const nowhere = await createObjectReader(embedded.s3).getMany(runtime.io, { bucket: 'nowhere', keys: ['a', 'b'] });
  expect(nowhere.outcomes).toMatchObject([
    { reason: { serviceCode: 'NoSuchBucket' } },
    { reason: { serviceCode: 'NoSuchBucket' } },
  ]);

  const reader = createObjectReader(s3ClientOf(await closedUrl(), { maxAttempts: 1 }));
  const closed = await reader.getMany(runtime.io, { bucket: 'bucket', keys: ['a'] });
  expect(closed.outcomes).toMatchObject([
    { status: 'rejected', reason: { serviceCode: 'ECONNREFUSED', cause: expect.any(Error) } },
  ]);
});

test('getMany() hands each object to `use` with its signal and index, and lets it go afterwards', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, KEYS);
  const bodies: WeakRef<Uint8Array>[] = [];
  const indexes: number[] = [];
  const result = await createObjectReader(embedded.s3).getMany(runtime.io, {
    bucket: 'bucket',
    keys: KEYS,
    concurrency: 1,
    use: async ({ body, key }, { signal, index }) => {
      expect(signal).toBeInstanceOf(AbortSignal);
      expect(key).toBe(KEYS[index]);
      indexes.push(index);
      bodies.push(new WeakRef(body));
      return body.length;
    },
  });
  expect(result.outcomes[0]).toMatchObject({ status: 'fulfilled', value: 'body of photos/000.jpg'.length });
  expect(indexes).toEqual(KEYS.map((_, index) => index));
  await vi.waitFor(() => {
    collectGarbage();
    expect(bodies.filter((body) => body.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });
});

test('getMany() makes an error of `use` the outcome, as it was thrown, of an object that was read', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, ['a', 'b', 'c']);
  const reason = new Error('not this one');
  const result = await createObjectReader(embedded.s3).getMany(runtime.io, {
    bucket: 'bucket',
    keys: ['a', 'b', 'c'],
    use: ({ key }) => {
      if (key === 'a') throw reason;
      return key === 'b' ? Promise.reject(reason) : undefined;
    },
  });
  expect(result.outcomes).toEqual([
    { status: 'rejected', index: 0, key: 'a', reason },
    { status: 'rejected', index: 1, key: 'b', reason },
    { status: 'fulfilled', index: 2, key: 'c', value: undefined },
  ]);
  expect(result.totals.objectCount).toBe(3);
});

/** Downloads that hang, of which two are in flight. */
async function hanging() {
  const embedded = await startEmbeddedS3();
  await putKeys(embedded.s3, KEYS);
  embedded.aws.configure('s3', {
    faults: [
      { matching: '000', times: 1, answer: 'hang' },
      { matching: '001', answer: 'hang' },
    ],
  });
  return embedded;
}

const SKIPPED_BY_INPUT = [
  ['an array', () => KEYS, 50],
  ['a Set', () => new Set(KEYS), 50],
  // What an iterator has not been asked for is no item.
  ['a generator', () => generated(KEYS), 2],
  ['an async generator', () => generatedLater(KEYS), 2],
] as const;

test.each(SKIPPED_BY_INPUT)(
  'getMany() ends at the deadline: of %s, what is in flight is aborted, the rest skipped with its key',
  async (_, keys, count) => {
    await using embedded = await hanging();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    await using runtime = createParallel({}, countdown(30_000));
    const got = createObjectReader(embedded.s3).getMany(runtime.io, { bucket: 'bucket', keys: keys(), concurrency: 2 });
    while (runtime.statistics.io.runningCount < 2) await turn();
    // To the margin, and not on to the end of the grace that follows it.
    vi.advanceTimersByTime(29_500);
    const { outcomes, ...result } = await got;
    expect(result).toMatchObject({
      completionReason: 'deadline',
      rejectedCount: 2,
      skippedCount: count - 2,
      isInputExhausted: count === 50,
    });
    expect(outcomes.map(({ key }) => key)).toEqual(KEYS.slice(0, count));
    for (const [index, outcome] of outcomes.entries()) {
      if (index < 2) expect(outcome).toMatchObject({ status: 'rejected', index, reason: expect.any(DeadlineExceededError) });
      else expect(outcome).toMatchObject({ status: 'skipped', index, reason: 'deadline' });
    }
  },
);

test.each(SKIPPED_BY_INPUT)('getMany() ends when its signal aborts, with %s', async (_, keys, count) => {
  await using embedded = await hanging();
  await using runtime = createParallel();
  const controller = new AbortController();
  const got = createObjectReader(embedded.s3).getMany(runtime.io, {
    bucket: 'bucket',
    keys: keys(),
    concurrency: 2,
    signal: controller.signal,
  });
  while (runtime.statistics.io.runningCount < 2) await turn();
  const reason = new Error('enough');
  controller.abort(reason);
  const { outcomes, ...result } = await got;
  expect(result).toMatchObject({ completionReason: 'aborted', rejectedCount: 2, skippedCount: count - 2 });
  expect(outcomes.map(({ key }) => key)).toEqual(KEYS.slice(0, count));
  expect(outcomes.slice(0, 2)).toMatchObject([{ reason }, { reason }]);
});

test('getMany() stops where its options say so', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, KEYS);
  const reader = createObjectReader(embedded.s3);
  const options = { bucket: 'bucket', concurrency: 1, use: () => undefined };
  const enough = await reader.getMany(runtime.io, { ...options, keys: KEYS, minSuccessful: 3 });
  expect(enough).toMatchObject({ completionReason: 'min-successful-reached', fulfilledCount: 3, skippedCount: 47 });
  for (const keys of [['x', 'y', ...KEYS], new Set(['x', 'y', ...KEYS])]) {
    const tooMany = await reader.getMany(runtime.io, { ...options, keys, toleratedFailurePercentage: 2 });
    expect(tooMany).toMatchObject({ completionReason: 'failure-tolerance-exceeded', rejectedCount: 2, skippedCount: 50 });
  }
});

test('getMany() ends an iterator of events that nobody feeds any more', async () => {
  await using server = await startHttpServer((_, response) => void response.end());
  await using runtime = createParallel();
  const uploads = new EventEmitter();
  const events = on(uploads, 'uploaded');
  const keys: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const { done = false, value } = await events.next();
        return done ? { done: true, value: undefined } : { done: false, value: value?.[0] };
      },
      return: async () => {
        await events.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
  const controller = new AbortController();
  const got = createObjectReader(s3ClientOf(server.url)).getMany(runtime.io, {
    bucket: 'bucket',
    keys,
    signal: controller.signal,
  });
  uploads.emit('uploaded', 'a');
  while (runtime.statistics.io.fulfilledCount < 1) await turn();
  controller.abort();
  expect((await got).outcomes).toMatchObject([{ status: 'fulfilled', key: 'a' }]);
  expect(uploads.listenerCount('uploaded')).toBe(0);
});

test('getMany() keeps keys and outcomes together where an iterator answers out of order', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, KEYS);
  let pulledCount = 0;
  const keys: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const index = pulledCount++;
        for (let wait = index % 3; wait < 3; wait += 1) await turn();
        const value = KEYS[index];
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
    }),
  };
  const { outcomes } = await createObjectReader(embedded.s3).getMany(runtime.io, {
    bucket: 'bucket',
    keys,
    concurrency: 4,
    use: textOf,
  });
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && [outcome.key, outcome.value])).toEqual(
    KEYS.map((key) => [key, `body of ${key}`]),
  );
});

test('getMany() holds on to the keys it was given, whatever becomes of their array', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, KEYS);
  const keys = [...KEYS];
  const { outcomes } = await createObjectReader(embedded.s3).getMany(runtime.io, {
    bucket: 'bucket',
    keys,
    concurrency: 2,
    use: ({ key }) => {
      keys.length = 0;
      return key;
    },
  });
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual(KEYS);
  expect(outcomes.map(({ key }) => key)).toEqual(KEYS);
});

test('getMany() throws what iterating the keys throws, and aborts what is in flight', async () => {
  await using embedded = await hanging();
  await using runtime = createParallel();
  const reason = new Error('no more keys');
  const asked = gate();
  async function* broken() {
    yield '000';
    await asked.passed;
    throw reason;
  }
  const got = createObjectReader(embedded.s3).getMany(runtime.io, { bucket: 'bucket', keys: broken() });
  while (runtime.statistics.io.runningCount < 1) await turn();
  asked.open();
  await expect(got).rejects.toBe(reason);
  while (runtime.statistics.io.runningCount > 0) await turn();
});

test.each([
  ['an empty bucket', { bucket: '' }, TypeError, 'bucket must be a string that is not empty: ""'],
  ['no bucket', { bucket: undefined }, TypeError, 'bucket must be a string that is not empty: undefined'],
  ['one key instead of keys', { keys: 'photo.jpg' }, TypeError, 'keys must be an array or iterator of strings: "photo.jpg"'],
  ['no keys', { keys: undefined }, TypeError, 'Iterable'],
  ['a `use` that is no function', { use: 'body' }, TypeError, 'use must be a function'],
  ['an unknown option', { concurrancy: 3 }, TypeError, '"concurrancy" is unknown'],
  ['concurrency 0', { concurrency: 0 }, RangeError, 'concurrency'],
  ['half a byte bound', { maxInFlightBytes: 5 }, TypeError, 'weight'],
  ['what is no signal', { signal: {} }, TypeError, 'signal'],
])('getMany() refuses %s before any request', async (_, options, kind, message) => {
  await using server = await startHttpServer((_request, response) => void response.end());
  await using runtime = createParallel();
  const reader = createObjectReader(s3ClientOf(server.url));
  const got = reader.getMany(runtime.io, { bucket: 'bucket', keys: ['a'], ...options } as never);
  await expect(got).rejects.toThrow(kind);
  await expect(got).rejects.toThrow(message);
  expect(server.requests).toHaveLength(0);
});

test('getMany() bounds the bytes in flight by the weight of a key', async () => {
  const open = gate();
  await using server = await startHttpServer((_, response) => {
    void open.passed.then(() => response.end('x'));
  });
  await using runtime = createParallel();
  const client: S3Client = s3ClientOf(server.url);
  const got = createObjectReader(client).getMany(runtime.io, {
    bucket: 'bucket',
    keys: ['a', 'b', 'c', 'd', 'too heavy'],
    maxInFlightBytes: 10,
    weight: (key) => (key === 'too heavy' ? 11 : 5),
  });
  await vi.waitFor(() => expect(server.requests).toHaveLength(2));
  open.open();
  const { outcomes } = await got;
  expect(runtime.statistics.io.peakRunningCount).toBe(2);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  expect(outcomes[4]).toMatchObject({ key: 'too heavy', reason: expect.any(RangeError) });
});

test('an error of getMany() is told from others by its class', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  const { outcomes } = await createObjectReader(embedded.s3).getMany(runtime.io, { bucket: 'bucket', keys: ['missing'] });
  expect(outcomes[0]?.status === 'rejected' && outcomes[0].reason).toBeInstanceOf(ServiceCallError);
});
