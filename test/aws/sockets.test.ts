import type { ServerResponse } from 'node:http';
import { Agent } from 'node:http';
import { createParallel } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import { afterEach, expect, test, vi } from 'vitest';
import { Sockets } from '../../src/aws/sockets.ts';
import { busyCount, poolOf, s3ClientOf } from '../helpers/aws-clients.ts';
import { gate } from '../helpers/gate.ts';
import { startHttpServer } from '../helpers/http-server.ts';
import { turn } from '../helpers/turn.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Answers nobody before `count` requests are there: where fewer sockets are open, it never does. */
async function startMeetingPoint(count: number) {
  const waiting: ServerResponse[] = [];
  return await startHttpServer((_, response) => {
    waiting.push(response);
    if (waiting.length >= count) for (const answered of waiting.splice(0)) answered.end('here');
  });
}

function keys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `key-${index}`);
}

/** The part of a client that holds its pool. */
function clientWith(agent: { maxSockets: number; maxFreeSockets: number }) {
  return { config: { requestHandler: { configProvider: Promise.resolve({ httpAgent: agent }) } } };
}

test('concurrency 200 has 200 requests in flight at once, through a pool that was made for 50', async () => {
  const warnings = [vi.spyOn(console, 'warn'), vi.spyOn(process, 'emitWarning')];
  await using server = await startMeetingPoint(200);
  using client = disposable(s3ClientOf(server.url));
  await using runtime = createParallel();
  const pool = await poolOf(client);
  expect(pool.maxSockets).toBe(50);

  const result = await createObjectReader(client).getMany(runtime.io, { bucket: 'bucket', keys: keys(200), concurrency: 200 });

  expect(result.fulfilledCount).toBe(200);
  expect(pool.maxSockets).toBeGreaterThanOrEqual(200);
  expect(pool.maxFreeSockets).toBeGreaterThanOrEqual(200);
  expect(busyCount(pool)).toBe(0);
  for (const warning of warnings) expect(warning).not.toHaveBeenCalled();
});

test('no call queues in the pool that was there before it grew', async () => {
  await using server = await startMeetingPoint(60);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  using client = disposable(s3ClientOf(server.url, { requestHandler: { httpAgent: agent } }));
  await using runtime = createParallel();
  const result = await createObjectReader(client).getMany(runtime.io, { bucket: 'bucket', keys: keys(60), concurrency: 60 });
  expect(result.fulfilledCount).toBe(60);
  expect(agent.maxSockets).toBeGreaterThanOrEqual(60);
});

test('readers over one client are counted together', async () => {
  await using server = await startMeetingPoint(120);
  using client = disposable(s3ClientOf(server.url));
  await using runtime = createParallel();
  const results = await Promise.all(
    [createObjectReader(client), createObjectReader(client)].map((reader) =>
      reader.getMany(runtime.io, { bucket: 'bucket', keys: keys(60), concurrency: 60 }),
    ),
  );
  expect(results.map(({ fulfilledCount }) => fulfilledCount)).toEqual([60, 60]);
});

test('a pool that is larger already is not made smaller', async () => {
  await using server = await startMeetingPoint(2);
  for (const maxSockets of [2000, Number.POSITIVE_INFINITY]) {
    const agent = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: 1500 });
    using client = disposable(s3ClientOf(server.url, { requestHandler: { httpAgent: agent } }));
    await using runtime = createParallel();
    await createObjectReader(client).getMany(runtime.io, { bucket: 'bucket', keys: keys(2) });
    expect(agent).toMatchObject({ maxSockets, maxFreeSockets: 1500 });
  }
});

test('Sockets makes no call before it knows the pool', async () => {
  const agent = { maxSockets: 1, maxFreeSockets: 1 };
  const config = gate<{ httpAgent: typeof agent }>();
  const sockets = Sockets.of({ config: { requestHandler: { configProvider: config.passed } } });
  const sizes: number[] = [];
  const calls = Array.from({ length: 100 }, () => sockets.with(async () => sizes.push(agent.maxSockets)));
  await turn();
  expect(sizes).toEqual([]);
  config.open({ httpAgent: agent });
  await Promise.all(calls);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(100);
});

test('Sockets has one to be had for every call in flight, up to 900, at every step', async () => {
  const agent = { maxSockets: 50, maxFreeSockets: 256 };
  const sockets = Sockets.of(clientWith(agent));
  const { promise: end, resolve } = Promise.withResolvers<void>();
  let startedCount = 0;
  let tooSmallAt: number | undefined;
  const calls = [];
  for (let count = 1; count <= 1000; count += 1) {
    calls.push(
      sockets.with(async () => {
        startedCount += 1;
        if (agent.maxSockets < Math.min(startedCount, 900)) tooSmallAt ??= startedCount;
        await end;
      }),
    );
    // Some start one by one, as slots free up, others all at once.
    if (count % 7 === 0) await vi.waitFor(() => expect(startedCount).toBe(count));
  }
  await vi.waitFor(() => expect(startedCount).toBe(1000));
  resolve();
  await Promise.all(calls);
  expect(tooSmallAt).toBeUndefined();
  expect(agent).toEqual({ maxSockets: 900, maxFreeSockets: 900 });
});

test('Sockets counts what is in flight, not what has ended, well or badly', async () => {
  const agent = { maxSockets: 50, maxFreeSockets: 256 };
  const sockets = Sockets.of(clientWith(agent));
  for (let count = 0; count < 200; count += 1) {
    await expect(sockets.with(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await sockets.with(async () => 'yes');
  }
  expect(agent.maxSockets).toBe(64);
});

test('a handler without a Node pool is left alone', async () => {
  const requestHandler = Object.freeze({
    metadata: { handlerProtocol: 'h2' },
    handle: async () => {
      const { Readable } = await import('node:stream');
      return { response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from('mine')]) } };
    },
  });
  const reader = createObjectReader(s3ClientOf('http://localhost', { requestHandler }));
  expect(Buffer.from((await reader.get({ bucket: 'bucket', key: 'a' })).body).toString()).toBe('mine');
});

test('a client that is made up for a test, or whose handler cannot be configured, fails by itself or not at all', async () => {
  const madeUp = { send: async () => ({ Body: undefined }) } as never;
  expect((await createObjectReader(madeUp).get({ bucket: 'bucket', key: 'a' })).body).toHaveLength(0);

  const requestHandler = async () => {
    throw new Error('no such certificate');
  };
  const client = s3ClientOf('http://localhost', { requestHandler: requestHandler as never, maxAttempts: 1 });
  await expect(createObjectReader(client).get({ bucket: 'bucket', key: 'a' })).rejects.toMatchObject({
    name: 'ServiceCallError',
    message: expect.stringContaining('no such certificate'),
  });
});

function disposable<Client extends { destroy(): void }>(client: Client): Client & Disposable {
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}
