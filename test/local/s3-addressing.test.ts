import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { addressOf } from '../../local/s3/addressing.ts';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { rawRequest } from '../helpers/raw-http.ts';

test.each([
  ['127.0.0.1:80', '/', '', ''],
  ['127.0.0.1:80', '/b', 'b', ''],
  ['127.0.0.1:80', '/b/', 'b', ''],
  ['localhost:80', '/b/k/l', 'b', 'k/l'],
  ['s3.us-east-1.amazonaws.com', '/b/k', 'b', 'k'],
  ['b.localhost:80', '/k', 'b', 'k'],
  ['b.localhost', '/', 'b', ''],
  ['b.c.s3.eu-west-1.amazonaws.com', '/k/l', 'b.c', 'k/l'],
  ['b.s3.localhost:4566', '/k', 'b', 'k'],
  ['127.0.0.1', '/b//k', 'b', '/k'],
  ['127.0.0.1', '/b/../k', 'b', '../k'],
  ['127.0.0.1', '/b/a%2Fb%20c+d%2B', 'b', 'a/b c+d+'],
  ['127.0.0.1', '/b/%F0%9F%98%80', 'b', '😀'],
])('addressOf() host %s, path %s: bucket %j, key %j', (host, path, bucketName, key) => {
  expect(addressOf(host, path)).toEqual({ bucketName, key });
});

test('addressOf() refuses a path that is no UTF-8', () => {
  expect(() => addressOf('127.0.0.1', '/b/%ff')).toThrow(expect.objectContaining({ code: 'InvalidURI', status: 400 }));
});

test('a key is what was sent: nothing is normalised', async () => {
  await using scene = await startEmbeddedS3();
  const paths = ['//lead', '/a/../b', '/a//b', '/./x', '/a+b', '/a%2Bb', '/a%25b'];
  for (const path of paths) await rawRequest(scene.url, { method: 'PUT', path: `/bucket${path}`, body: path });
  const list = await scene.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  expect(list.Contents?.map(({ Key }) => Key)).toEqual(['./x', '/lead', 'a%b', 'a+b', 'a/../b', 'a//b']);
  // The same key, encoded or not: the later one is what is there.
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'a+b' }));
  expect(await got.Body?.transformToString()).toBe('/a%2Bb');
});

test('a bucket in the host name is the one in the path', async () => {
  await using scene = await startEmbeddedS3();
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k/l', Body: 'x' }));
  const answer = await rawRequest(scene.url, { path: '/k/l', headers: { host: 'bucket.localhost:1234' } });
  expect(answer).toMatchObject({ status: 200, body: 'x' });
  const missing = await rawRequest(scene.url, { path: '/k', headers: { host: 'none.s3.us-east-1.amazonaws.com' } });
  expect(missing.body).toContain('<Code>NoSuchBucket</Code>');
  expect(missing.body).toContain('<BucketName>none</BucketName>');
});

test('a key that XML cannot hold is listed as an entity, or encoded when asked', async () => {
  await using scene = await startEmbeddedS3();
  await rawRequest(scene.url, { method: 'PUT', path: '/bucket/a%01%3C%0D', body: '' });
  const plain = await rawRequest(scene.url, { path: '/bucket?list-type=2' });
  expect(plain.body).toContain('<Key>a&#1;&lt;&#13;</Key>');
  const encoded = await rawRequest(scene.url, { path: '/bucket?list-type=2&encoding-type=url' });
  expect(encoded.body).toContain('<Key>a%01%3C%0D</Key>');
});
