import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { S3Client } from '@aws-sdk/client-s3';
import { createParallel, TaskTimeoutError } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import { expect, test, vi } from 'vitest';
import { busyCount, poolOf, s3ClientOf } from '../helpers/aws-clients.ts';
import { gate } from '../helpers/gate.ts';
import { type HttpServer, startHttpServer } from '../helpers/http-server.ts';
import { turn } from '../helpers/turn.ts';

// "Bodies are always consumed or destroyed": after whatever happens, no socket is held.

/** The CRC32 of no bytes: with it the SDK checks what it reads, through a stream of its own. */
const CHECKSUM = { 'x-amz-checksum-crc32': 'AAAAAA==' };

async function start(
  listener: RequestListener,
): Promise<{ server: HttpServer; client: S3Client; [Symbol.asyncDispose](): Promise<void> }> {
  const server = await startHttpServer(listener);
  const client = s3ClientOf(server.url, { maxAttempts: 1 });
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

function half(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-length': '200000', ...headers });
  response.write(Buffer.alloc(100_000));
}

async function expectIdle(client: S3Client): Promise<void> {
  const pool = await poolOf(client);
  await vi.waitFor(() => expect(busyCount(pool)).toBe(0));
}

/** Settles when the client has read the head of an answer, before its body. */
function answered(client: S3Client): Promise<IncomingMessage> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      resolve((result.response as { body: IncomingMessage }).body);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return promise;
}

test.each([
  ['without a checksum', {}],
  ['with a checksum', CHECKSUM],
])('a body that is cut off midway, %s, is an error and holds no socket', async (_, headers) => {
  await using scene = await start((_request, response) => {
    half(response, headers);
    setImmediate(() => response.socket?.destroy());
  });
  await expect(createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a' })).rejects.toMatchObject({
    name: 'ServiceCallError',
    cause: expect.any(Error),
    message: expect.stringMatching(/^Cannot get s3:\/\/bucket\/a: /),
  });
  await expectIdle(scene.client);
});

test('a body that does not fit its checksum is an error and holds no socket', async () => {
  await using scene = await start((_, response) => void response.writeHead(200, CHECKSUM).end('not nothing'));
  await expect(createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a' })).rejects.toThrow(/Checksum mismatch/);
  await expectIdle(scene.client);
});

test.each([
  ['without a checksum', {}],
  ['with a checksum', CHECKSUM],
])('an abort midway through a body, %s, rejects with its reason and closes the socket', async (_, headers) => {
  await using scene = await start((_request, response) => half(response, headers));
  const controller = new AbortController();
  const head = answered(scene.client);
  const got = createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a', signal: controller.signal });
  await head;
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(got).rejects.toBe(reason);
  await expectIdle(scene.client);
  await vi.waitFor(() => expect(scene.server.connectionCount).toBe(0));
});

test('an abort before the answer rejects with its reason and closes the socket', async () => {
  const asked = gate();
  await using scene = await start(() => asked.open());
  const controller = new AbortController();
  const got = createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a', signal: controller.signal });
  await asked.passed;
  controller.abort('enough');
  await expect(got).rejects.toBe('enough');
  await expectIdle(scene.client);
  await vi.waitFor(() => expect(scene.server.connectionCount).toBe(0));
});

test('a signal that has aborted already sends nothing', async () => {
  await using scene = await start((_, response) => void response.end());
  const got = createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a', signal: AbortSignal.abort('before') });
  await expect(got).rejects.toBe('before');
  expect(scene.server.requests).toHaveLength(0);
});

/** A middleware that keeps each answer until the test lets it go on. */
function keepAnswers(client: S3Client) {
  const kept = gate<IncomingMessage>();
  const goOn = gate();
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      kept.open((result.response as { body: IncomingMessage }).body);
      await goOn.passed;
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return { kept: kept.passed, goOn };
}

/** Without a listener for errors, which the client has not added yet either. */
function closing(body: IncomingMessage): Promise<void> {
  return new Promise((resolve) => body.once('close', () => resolve()));
}

test.each([
  ['without a checksum', {}],
  ['with a checksum', CHECKSUM],
])('a connection that is lost before its body is read, %s, is an error, not a wait without end', async (_, headers) => {
  const cut = gate();
  await using scene = await start((_request, response) => {
    half(response, headers);
    void cut.passed.then(() => response.socket?.destroy());
  });
  const { kept, goOn } = keepAnswers(scene.client);
  const got = createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a' });
  const body = await kept;
  const closed = closing(body);
  cut.open();
  await closed;
  goOn.open();
  await expect(got).rejects.toThrow('The connection ended before the body was read');
});

test('an abort between an answer and its body rejects, and never gives half an object', async () => {
  await using scene = await start((_, response) => void response.writeHead(200, { 'content-length': '5' }).end('small'));
  const { kept, goOn } = keepAnswers(scene.client);
  const controller = new AbortController();
  const got = createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a', signal: controller.signal });
  const body = await kept;
  const closed = closing(body);
  controller.abort('enough');
  await closed;
  goOn.open();
  await expect(got).rejects.toBe('enough');
  await expectIdle(scene.client);
});

test('an abort while a body is being read never gives half an object, even if all of it was received', async () => {
  await using scene = await start((_, response) => void response.writeHead(200, { 'content-length': '5' }).end('small'));
  const { kept, goOn } = keepAnswers(scene.client);
  const controller = new AbortController();
  const got = createObjectReader(scene.client).get({ bucket: 'bucket', key: 'a', signal: controller.signal });
  const body = await kept;
  while (!body.complete) await turn();
  goOn.open();
  // In the moment between the start of the reading and the first bytes, which the abort then throws away.
  while (body.listenerCount('data') === 0) await Promise.resolve();
  controller.abort('enough');
  await expect(got).rejects.toBe('enough');
});

test('timeoutMs closes the socket of each download that is late, before its answer and in its body', async () => {
  await using scene = await start((request, response) => {
    if (request.url?.includes('late-body')) half(response);
  });
  await using runtime = createParallel();
  const keys = ['late-answer-1', 'late-body-1', 'late-answer-2', 'late-body-2'];
  const result = await createObjectReader(scene.client).getMany(runtime.io, { bucket: 'bucket', keys, timeoutMs: 50 });
  for (const outcome of result.outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(TaskTimeoutError) });
  }
  await expectIdle(scene.client);
  await vi.waitFor(() => expect(scene.server.connectionCount).toBe(0));
});

test('`use` that throws holds no socket, and connections are used again', async () => {
  await using scene = await start((_, response) => void response.end('body'));
  await using runtime = createParallel();
  const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
  const use = (): never => {
    throw new Error('not this one');
  };
  const result = await createObjectReader(scene.client).getMany(runtime.io, { bucket: 'bucket', keys, use, concurrency: 4 });
  expect(result.rejectedCount).toBe(100);
  await expectIdle(scene.client);
  expect(scene.server.connectionCount).toBeLessThanOrEqual(4);
});

test('errors of the service hold no socket', async () => {
  await using scene = await start((_, response) => void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>'));
  await using runtime = createParallel();
  const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
  const result = await createObjectReader(scene.client).getMany(runtime.io, { bucket: 'bucket', keys, concurrency: 4 });
  expect(result.rejectedCount).toBe(100);
  await expectIdle(scene.client);
  expect(scene.server.connectionCount).toBeLessThanOrEqual(4);
});

test('the end of the invocation closes what is still being read', async () => {
  const asked = gate();
  await using scene = await start((_, response) => {
    half(response);
    asked.open();
  });
  const runtime = createParallel();
  const got = createObjectReader(scene.client).getMany(runtime.io, { bucket: 'bucket', keys: ['a'] });
  await asked.passed;
  await runtime[Symbol.asyncDispose]();
  expect((await got).outcomes).toMatchObject([
    { status: 'rejected', key: 'a', reason: { code: 'ERR_PARALLEL_INVOCATION_ENDED' } },
  ]);
  await expectIdle(scene.client);
});
