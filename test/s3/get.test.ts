import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ParallelError, ServiceCallError } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import { expect, test } from 'vitest';
import { AWKWARD_KEYS } from '../helpers/awkward-keys.ts';
import { s3ClientOf } from '../helpers/aws-clients.ts';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { closedUrl, startHttpServer } from '../helpers/http-server.ts';

test('get() gives the bytes and what S3 says about them', async () => {
  await using embedded = await startEmbeddedS3();
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  const put = {
    Bucket: 'bucket',
    Key: 'a.bin',
    Body: body,
    ContentType: 'image/x-test',
    Metadata: { owner: 'me', 'two-words': 'x' },
  };
  const { ETag: eTag } = await embedded.s3.send(new PutObjectCommand(put));

  const object = await createObjectReader(embedded.s3).get({ bucket: 'bucket', key: 'a.bin' });

  expect(Buffer.compare(object.body, body)).toBe(0);
  expect(object).toEqual({
    key: 'a.bin',
    body: expect.any(Uint8Array),
    eTag,
    contentType: 'image/x-test',
    lastModified: expect.any(Date),
    versionId: undefined,
    metadata: { owner: 'me', 'two-words': 'x' },
  });
});

test('get() gives no bytes for an empty object', async () => {
  await using embedded = await startEmbeddedS3();
  await embedded.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'empty', Body: Buffer.alloc(0) }));
  const { body, metadata } = await createObjectReader(embedded.s3).get({ bucket: 'bucket', key: 'empty' });
  expect(body).toHaveLength(0);
  expect(metadata).toEqual({});
});

test('get() reads a range', async () => {
  await using embedded = await startEmbeddedS3();
  await embedded.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'digits', Body: '0123456789' }));
  const reader = createObjectReader(embedded.s3);
  const { body } = await reader.get({ bucket: 'bucket', key: 'digits', range: 'bytes=2-4' });
  expect(Buffer.from(body).toString()).toBe('234');
  await expect(reader.get({ bucket: 'bucket', key: 'digits', range: 'bytes=20-' })).rejects.toMatchObject({
    serviceCode: 'InvalidRange',
    statusCode: 416,
    message: expect.stringContaining('the range bytes=20- lies outside the object'),
  });
});

test('get() asks for a version, and gives the one that it got', async () => {
  await using server = await startHttpServer((_, response) => {
    response.writeHead(200, { 'x-amz-version-id': 'v 7/+' }).end('old');
  });
  const object = await createObjectReader(s3ClientOf(server.url)).get({ bucket: 'bucket', key: 'a', versionId: 'v 7/+' });
  expect(new URL(server.requests[0]?.url ?? '', server.url).searchParams.get('versionId')).toBe('v 7/+');
  expect(object.versionId).toBe('v 7/+');
});

test('get() reads every key as it is', async () => {
  await using embedded = await startEmbeddedS3();
  const reader = createObjectReader(embedded.s3);
  for (const key of AWKWARD_KEYS)
    await embedded.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: key, Body: `body of ${key}` }));
  for (const key of AWKWARD_KEYS) {
    const object = await reader.get({ bucket: 'bucket', key });
    expect([object.key, Buffer.from(object.body).toString()]).toEqual([key, `body of ${key}`]);
  }
});

test('get() names bucket, key and the next step where S3 refuses', async () => {
  await using embedded = await startEmbeddedS3();
  const reader = createObjectReader(embedded.s3);
  const missing = reader.get({ bucket: 'bucket', key: 'a/Missing.txt' });
  await expect(missing).rejects.toBeInstanceOf(ServiceCallError);
  await expect(missing).rejects.toBeInstanceOf(ParallelError);
  await expect(missing).rejects.toMatchObject({
    name: 'ServiceCallError',
    code: 'ERR_PARALLEL_SERVICE_CALL',
    serviceCode: 'NoSuchKey',
    statusCode: 404,
    message:
      'Cannot get s3://bucket/a/Missing.txt: NoSuchKey (HTTP 404), "The specified key does not exist"; check the key, letter by letter: S3 keys are case-sensitive and may begin with "/"',
    cause: { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } },
  });
  await expect(reader.get({ bucket: 'nowhere', key: 'a' })).rejects.toMatchObject({
    serviceCode: 'NoSuchBucket',
    message: expect.stringContaining('create the bucket, or name another one'),
  });

  embedded.aws.configure('s3', { faults: [{ answer: { status: 403, code: 'AccessDenied' } }] });
  await expect(reader.get({ bucket: 'bucket', key: 'secret/a' })).rejects.toMatchObject({
    serviceCode: 'AccessDenied',
    statusCode: 403,
    message: expect.stringContaining('allow s3:GetObject on arn:aws:s3:::bucket/secret/a'),
  });
});

test('get() says that nothing listens at the endpoint', async () => {
  const client = s3ClientOf(await closedUrl(), { maxAttempts: 1 });
  await expect(createObjectReader(client).get({ bucket: 'bucket', key: 'a' })).rejects.toMatchObject({
    serviceCode: 'ECONNREFUSED',
    statusCode: undefined,
    message: expect.stringContaining('nothing listens there; check the endpoint of the client and AWS_ENDPOINT_URL'),
    cause: { code: 'ECONNREFUSED' },
  });
});

test('get() leaves retries to the client', async () => {
  await using embedded = await startEmbeddedS3();
  await embedded.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'a' }));
  const fault = { operation: 'GetObject', answer: { status: 500, code: 'InternalError' } } as const;

  embedded.aws.configure('s3', { faults: [{ ...fault, times: 2 }] });
  await expect(createObjectReader(embedded.s3).get({ bucket: 'bucket', key: 'a' })).resolves.toMatchObject({ key: 'a' });

  const once = s3ClientOf(embedded.url, { maxAttempts: 1 });
  embedded.aws.configure('s3', { faults: [{ ...fault, times: 1 }] });
  await expect(createObjectReader(once).get({ bucket: 'bucket', key: 'a' })).rejects.toMatchObject({
    serviceCode: 'InternalError',
  });
});

test('get() goes through the middlewares of the client', async () => {
  await using embedded = await startEmbeddedS3();
  await embedded.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'a' }));
  const seen: unknown[] = [];
  embedded.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        seen.push([commandName, args.input]);
        return await next(args);
      },
    { step: 'initialize' },
  );
  await createObjectReader(embedded.s3).get({ bucket: 'bucket', key: 'a' });
  expect(seen).toEqual([[GetObjectCommand.name, expect.objectContaining({ Bucket: 'bucket', Key: 'a' })]]);
});

test.each([
  ['an empty bucket', { bucket: '', key: 'a' }, 'its bucket must be a string that is not empty: ""'],
  ['an empty key', { bucket: 'bucket', key: '' }, 'its key must be a string that is not empty: ""'],
  ['a key that is none', { bucket: 'bucket', key: 7 }, 'its key must be a string that is not empty: 7'],
  ['no key', { bucket: 'bucket' }, 'its key must be a string that is not empty: undefined'],
  [
    'an unknown option',
    { bucket: 'bucket', key: 'a', versionID: 'x' },
    '"versionID" is unknown; known are bucket, key, versionId',
  ],
  ['no request', undefined, 'must be an object'],
])('get() refuses %s before any request', async (_, request, message) => {
  await using server = await startHttpServer((_request, response) => void response.end());
  const got = createObjectReader(s3ClientOf(server.url)).get(request as never);
  await expect(got).rejects.toThrow(TypeError);
  await expect(got).rejects.toThrow(message);
  expect(server.requests).toHaveLength(0);
});

test('createObjectReader() refuses what is no client', () => {
  for (const client of [undefined, null, 'us-east-1', {}]) {
    expect(() => createObjectReader(client as never)).toThrow(TypeError);
  }
});

test('get() rejects as soon as its signal aborts, also while the SDK sleeps between attempts and does not listen', async () => {
  const sleeping = Promise.withResolvers<void>();
  // As the retry strategies of older versions of the SDK.
  const retry = () => {
    sleeping.resolve();
    return new Promise<never>(() => undefined);
  };
  await using embedded = await startEmbeddedS3();
  const deaf = s3ClientOf(embedded.url, { retryStrategy: { mode: 'standard', retry } as never });
  const abort = new AbortController();
  const reading = createObjectReader(deaf).get({ bucket: 'bucket', key: 'a', signal: abort.signal });
  await sleeping.promise;
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(reading).rejects.toBe(reason);
  deaf.destroy();
});

test('get() refuses a signal that is none, before any request', async () => {
  const reader = createObjectReader(s3ClientOf('http://localhost'));
  const signal = {} as AbortSignal;
  await expect(reader.get({ bucket: 'bucket', key: 'a', signal })).rejects.toThrow(
    new TypeError('Cannot use signal as it must be an AbortSignal: {} (object)'),
  );
});

test.each(['getMany', 'getPrefix'] as const)('%s() that is given the runtime says that it wants the engine', async (name) => {
  const reader = createObjectReader(s3ClientOf('http://localhost'));
  const runtime = { io: {} } as never;
  const calls = {
    getMany: async () => reader.getMany(runtime, { bucket: 'bucket', keys: ['a'] }),
    getPrefix: async () => reader.getPrefix(runtime, { bucket: 'bucket', prefix: '' }),
  };
  await expect(calls[name]()).rejects.toThrow(
    `Cannot run ${name} as io must be the I/O engine, context.parallel.io or runtime.io: { io: {} } (object)`,
  );
});
