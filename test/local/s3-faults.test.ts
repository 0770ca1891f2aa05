import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { rawRequest, SIGNED } from '../helpers/raw-http.ts';

test('a fault that is used up lets the retry of the SDK succeed', async () => {
  await using scene = await startEmbeddedS3({}, { maxAttempts: 3 });
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  scene.aws.configure('s3', { faults: [{ operation: 'GetObject', times: 1, answer: { status: 500, code: 'InternalError' } }] });
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  expect(got.$metadata.attempts).toBe(2);
  expect(await got.Body?.transformToString()).toBe('x');
});

test('AccessDenied for one key leaves the others alone', async () => {
  await using scene = await startEmbeddedS3();
  for (const Key of ['secret', 'open']) await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x' }));
  scene.aws.configure('s3', {
    faults: [{ operation: 'GetObject', matching: 'secret', answer: { status: 403, code: 'AccessDenied' } }],
  });
  await expect(scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'secret' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  const open = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'open' }));
  expect(await open.Body?.transformToString()).toBe('x');
});

test('above the throttle S3 answers 503 SlowDown, which the SDK calls a throttling error', async () => {
  await using scene = await startEmbeddedS3({}, { maxAttempts: 1 });
  scene.aws.configure('s3', { throttle: { ratePerSecond: 0.001, burst: 1 } });
  await scene.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  await expect(scene.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }))).rejects.toMatchObject({
    name: 'SlowDown',
    message: 'Please reduce your request rate.',
    $metadata: { httpStatusCode: 503 },
  });
});

test('a reset closes the connection without an answer', async () => {
  await using scene = await startEmbeddedS3();
  scene.aws.configure('s3', { faults: [{ answer: 'reset' }] });
  await expect(fetch(`${scene.url}/bucket`, { headers: { authorization: SIGNED } })).rejects.toThrow();
});

test('a hang answers nothing until the client gives up', async () => {
  await using scene = await startEmbeddedS3();
  scene.aws.configure('s3', { faults: [{ operation: 'GetObject', times: 1, answer: 'hang' }] });
  const controller = new AbortController();
  const hanging = scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }), { abortSignal: controller.signal });
  const settled = hanging.catch((error: Error) => error.name);
  // The other call is answered while the first one is not.
  expect((await rawRequest(scene.url, { method: 'HEAD', path: '/bucket' })).status).toBe(200);
  controller.abort();
  expect(await settled).toBe('AbortError');
});
