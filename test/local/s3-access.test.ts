import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { rawRequest } from '../helpers/raw-http.ts';

const SIGNED_AT = Date.parse('2026-11-20T10:00:00Z');
const PRESIGNED =
  'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261120%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261120T100000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0000';

test('a presigned URL works until it expires', async () => {
  let now = SIGNED_AT;
  await using scene = await startEmbeddedS3({ s3: { now: () => now } });
  const url = `${scene.url}/bucket/k?${PRESIGNED}`;
  expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200);
  now = SIGNED_AT + 60_000;
  expect(await (await fetch(url)).text()).toBe('x');
  now = SIGNED_AT + 60_001;
  const late = await fetch(url);
  expect(late.status).toBe(403);
  expect(await late.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
});

test('a presigned URL without a lifetime, or with more than a week, is refused', async () => {
  await using scene = await startEmbeddedS3({ s3: { now: () => SIGNED_AT } });
  for (const query of [PRESIGNED.replace('&X-Amz-Expires=60', ''), PRESIGNED.replace('=60', '=604801')]) {
    const answer = await fetch(`${scene.url}/bucket/k?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>AuthorizationQueryParametersError</Code>');
  }
});

test('headers that a presigner moved into the URL count as headers', async () => {
  await using scene = await startEmbeddedS3({ s3: { now: () => SIGNED_AT } });
  const query = `${PRESIGNED}&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32`;
  const answer = await fetch(`${scene.url}/bucket/k?${query}`, { method: 'PUT', body: 'x' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('<Code>BadDigest</Code>');
});

test.each([
  'x-amz-meta-a=x%0d%0ay',
  'x-amz-meta-a=%00',
  'x-amz-meta-a%20b=x',
  'x-amz-meta-%C3%BC=x',
  'x-amz-website-redirect-location=%0a',
])('what cannot be a header is refused in a URL as well: %s', async (parameter) => {
  await using scene = await startEmbeddedS3({ s3: { now: () => SIGNED_AT } });
  for (const presigned of [PRESIGNED, `AWSAccessKeyId=test&Signature=00&Expires=${SIGNED_AT / 1000}`]) {
    const answer = await fetch(`${scene.url}/bucket/k?${presigned}&${parameter}`, { method: 'PUT', body: 'x' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>InvalidArgument</Code>');
    expect((await fetch(`${scene.url}/bucket/k?${presigned}`)).status).toBe(404);
  }
});

test('metadata in a presigned URL is stored, also what is not ASCII', async () => {
  await using scene = await startEmbeddedS3({ s3: { now: () => SIGNED_AT } });
  for (const presigned of [PRESIGNED, `AWSAccessKeyId=test&Signature=00&Expires=${SIGNED_AT / 1000}`]) {
    const put = await fetch(`${scene.url}/bucket/k?${presigned}&x-amz-meta-a=%E6%97%A5`, { method: 'PUT', body: 'x' });
    expect(put.status).toBe(200);
    const got = await fetch(`${scene.url}/bucket/k?${presigned}`);
    expect(Buffer.from(got.headers.get('x-amz-meta-a') ?? '', 'latin1').toString()).toBe('日');
    await fetch(`${scene.url}/bucket/k?${presigned}`, { method: 'DELETE' });
  }
});

test('a presigned URL of Signature Version 2 works until it expires', async () => {
  await using scene = await startEmbeddedS3({ s3: { now: () => SIGNED_AT } });
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  const url = `${scene.url}/bucket/k?AWSAccessKeyId=test&Signature=00&Expires=`;
  expect((await fetch(`${url}${SIGNED_AT / 1000}`)).status).toBe(200);
  expect((await fetch(`${url}${SIGNED_AT / 1000 - 1}`)).status).toBe(403);
});

test('a request that is not signed is denied', async () => {
  await using scene = await startEmbeddedS3();
  const answer = await fetch(`${scene.url}/bucket/k`);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
});

test('a header of Signature Version 2 is refused with what to do', async () => {
  await using scene = await startEmbeddedS3();
  const answer = await rawRequest(scene.url, { path: '/bucket', headers: { authorization: 'AWS test:signature' } });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('sign it as AWS4-HMAC-SHA256');
});
