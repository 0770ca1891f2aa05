import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { GetFunctionCommand, InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawConnection, rawHead } from '../../helpers/raw-http.ts';
import { type EmbeddedLambda, SIGNED_FOR_LAMBDA, startEmbeddedLambda } from './embedded-lambda.ts';

const SYNC_BYTES = 6_291_456;
const ASYNC_BYTES = 1_048_576;

let lambda: EmbeddedLambda;
const received: number[] = [];
beforeAll(async () => {
  lambda = await startEmbeddedLambda({
    functions: { size: { run: (event) => received.push(String(event).length + 2) && received.at(-1) } },
  });
});
afterAll(() => lambda[Symbol.asyncDispose]());

/** A JSON string of that many bytes. */
const payloadOf = (byteCount: number) => `"${'x'.repeat(byteCount - 2)}"`;

const invoke = (byteCount: number, InvocationType: 'RequestResponse' | 'Event' | 'DryRun') =>
  lambda.client.send(new InvokeCommand({ FunctionName: 'size', InvocationType, Payload: payloadOf(byteCount) }));

/** A request that never says how long it is, or never ends. */
async function openRequest(headers: Record<string, string>): Promise<Socket> {
  const socket = await rawConnection(lambda.endpoint.url);
  const path = '/2015-03-31/functions/size/invocations';
  socket.write(
    rawHead(lambda.endpoint.url, {
      method: 'POST',
      path,
      headers: { authorization: SIGNED_FOR_LAMBDA, connection: 'keep-alive', ...headers },
    }),
  );
  return socket;
}

test('6 MB are the most for a synchronous invocation', async () => {
  const { Payload } = await invoke(SYNC_BYTES, 'RequestResponse');
  expect(Payload?.transformToString()).toBe(String(SYNC_BYTES));
  await expect(invoke(SYNC_BYTES + 1, 'RequestResponse')).rejects.toMatchObject({
    name: 'RequestTooLargeException',
    message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    Type: 'User',
    $metadata: { httpStatusCode: 413 },
  });
});

test('1 MB is the most for an asynchronous invocation', async () => {
  await expect(invoke(ASYNC_BYTES + 1, 'Event')).rejects.toMatchObject({
    name: 'RequestTooLargeException',
    message: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    $metadata: { httpStatusCode: 413 },
  });
  expect(await invoke(ASYNC_BYTES, 'Event')).toMatchObject({ StatusCode: 202 });
  await expect.poll(() => received).toContain(ASYNC_BYTES);
  expect(() => lambda.service.invokeAsync('size', payloadOf(ASYNC_BYTES + 1))).toThrow(/1048577 byte payload is too large/);
});

test('a declared length over the limit is refused before a byte of the body is sent, on a connection that stays usable', async () => {
  const socket = await openRequest({ 'content-length': String(SYNC_BYTES + 1) });
  const [refused] = await once(socket, 'data');
  expect(String(refused)).toMatch(/^HTTP\/1.1 413 .*\r\nx-amzn-errortype: RequestTooLargeException\r\n/s);
  socket.write(payloadOf(SYNC_BYTES + 1));
  socket.write(
    rawHead(lambda.endpoint.url, { path: '/2015-03-31/functions/size', headers: { authorization: SIGNED_FOR_LAMBDA } }),
  );
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
});

test('a body without a length is refused as soon as it is over the limit, and cut off when it does not end', async () => {
  const socket = await openRequest({ 'transfer-encoding': 'chunked' });
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
  let answer = '';
  socket.on('data', (bytes: Buffer) => {
    answer += bytes.toString();
  });
  // Writing to a connection that the server has closed is what this test is about.
  socket.on('error', () => undefined);
  while (!socket.destroyed) {
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), closed]).catch(() => undefined);
  }
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(await lambda.client.send(new GetFunctionCommand({ FunctionName: 'size' }))).toBeDefined();
});

test('a caller that goes away in the middle of its request does no harm', async () => {
  const socket = await openRequest({ 'content-length': '1000' });
  socket.write('{"half":');
  socket.destroy();
  await once(socket, 'close');
  expect(await invoke(100, 'RequestResponse')).toMatchObject({ StatusCode: 200 });
});

test('the settings of a function are no place for megabytes either', async () => {
  const Description = 'x'.repeat(SYNC_BYTES);
  await expect(
    lambda.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'size', Description })),
  ).rejects.toMatchObject({ name: 'RequestTooLargeException' });
});
