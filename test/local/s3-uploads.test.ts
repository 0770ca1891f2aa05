import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { parseAnswer, rawConnection, rawHead, rawRequest } from '../helpers/raw-http.ts';

test('an upload that the client breaks off leaves nothing', async () => {
  await using scene = await startEmbeddedS3();
  const socket = await rawConnection(scene.url);
  socket.on('error', () => {});
  socket.write(rawHead(scene.url, { method: 'PUT', path: '/bucket/half', headers: { 'content-length': '1000000' } }));
  socket.write(Buffer.alloc(500_000));
  socket.resetAndDestroy();
  await once(socket, 'close');
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'whole', Body: 'x' }));
  const list = await scene.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  expect(list.Contents?.map(({ Key }) => Key)).toEqual(['whole']);
});

test('an upload that ends early without a reset is answered 400 and leaves nothing', async () => {
  await using scene = await startEmbeddedS3();
  const socket = await rawConnection(scene.url);
  socket.write(rawHead(scene.url, { method: 'PUT', path: '/bucket/half', headers: { 'content-length': '100' } }));
  socket.end('only this');
  expect(parseAnswer(await buffer(socket)).status).toBe(400);
  await expect(scene.s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'half' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});

test('a refused upload shows its error to a client that first sends all', async () => {
  await using scene = await startEmbeddedS3();
  const Body = Buffer.alloc(20_000_000);
  const put = scene.s3.send(new PutObjectCommand({ Bucket: 'none', Key: 'k', Body }));
  await expect(put).rejects.toMatchObject({ name: 'NoSuchBucket', $metadata: { attempts: 1 } });
});

test('Expect: 100-continue is answered before the body', async () => {
  await using scene = await startEmbeddedS3();
  const socket = await rawConnection(scene.url);
  const headers = { 'content-length': '4', expect: '100-continue' };
  socket.write(rawHead(scene.url, { method: 'PUT', path: '/bucket/expected', headers }));
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write('body');
  expect(parseAnswer(await buffer(socket)).status).toBe(200);
});

test('of two uploads that overlap, If-None-Match: * lets one through', async () => {
  await using scene = await startEmbeddedS3();
  const sockets = [await rawConnection(scene.url), await rawConnection(scene.url)];
  const headers = { 'content-length': '4', expect: '100-continue', 'if-none-match': '*' };
  for (const socket of sockets) {
    socket.write(rawHead(scene.url, { method: 'PUT', path: '/bucket/once', headers }));
    // The server goes on with a request at the same time as it says so: here both have found no object.
    await once(socket, 'data');
  }
  const answers = [];
  for (const socket of sockets) {
    socket.write('body');
    answers.push(parseAnswer(await buffer(socket)).status);
  }
  expect(answers).toEqual([200, 412]);
});

test('a SHA-256 of the payload is verified', async () => {
  await using scene = await startEmbeddedS3();
  const headers = { 'x-amz-content-sha256': '0'.repeat(64) };
  const answer = await rawRequest(scene.url, { method: 'PUT', path: '/bucket/k', headers, body: 'x' });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
});

test.each([
  [{ 'content-md5': 'short' }, 400, 'InvalidDigest'],
  [{ 'x-amz-checksum-crc32': 'AA==' }, 400, 'InvalidRequest'],
  [{ 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }, 400, 'InvalidRequest'],
  [{ 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 400, 'InvalidRequest'],
  [{ 'x-amz-meta-long': 'm'.repeat(2048) }, 400, 'MetadataTooLarge'],
  [{ 'x-amz-storage-class': 'ATTIC' }, 400, 'InvalidStorageClass'],
  [{ 'content-length': '6000000000' }, 400, 'EntityTooLarge'],
])('PutObject with %o answers %i %s', async (headers, status, code) => {
  await using scene = await startEmbeddedS3();
  const given = headers as unknown as Record<string, string>;
  const answer = await rawRequest(scene.url, { method: 'PUT', path: '/bucket/k', headers: given, body: 'x' });
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`<Code>${code}</Code>`);
  await expect(scene.s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'k' }))).rejects.toMatchObject({ name: 'NotFound' });
});

test('PutObject without a length answers 411', async () => {
  await using scene = await startEmbeddedS3();
  const answer = await rawRequest(scene.url, { method: 'PUT', path: '/bucket/k' });
  expect(answer.status).toBe(411);
  expect(answer.body).toContain('<Code>MissingContentLength</Code>');
});

test('an object without a checksum of the client gets a CRC64NVME when it is asked for', async () => {
  await using scene = await startEmbeddedS3();
  await rawRequest(scene.url, { method: 'PUT', path: '/bucket/k', body: '123456789' });
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k', ChecksumMode: 'ENABLED' }));
  expect(got.ChecksumCRC64NVME).toBe(Buffer.from('ae8b14860a799888', 'hex').toString('base64'));
  const raw = await rawRequest(scene.url, { path: '/bucket/k' });
  expect(raw.headers).not.toHaveProperty('x-amz-checksum-crc64nvme');
  const headers = { range: 'bytes=0-3', 'x-amz-checksum-mode': 'ENABLED' };
  const range = await rawRequest(scene.url, { path: '/bucket/k', headers });
  expect(range.headers).not.toHaveProperty('x-amz-checksum-crc64nvme');
  expect(range.body).toBe('1234');
});
