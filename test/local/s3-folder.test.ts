import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { rawConnection, rawHead } from '../helpers/raw-http.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-s3-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a folder gives buckets, objects and metadata back to the next process', async () => {
  const Key = '../up//ü';
  {
    await using first = await startEmbeddedS3({ s3: { folder } });
    await first.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x', ContentType: 'text/x', Metadata: { a: '1' } }));
    await first.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'gone', Body: 'x' }));
    await first.s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'gone' }));
  }
  await using second = await startEmbeddedS3({ s3: { folder } });
  await second.s3.send(new HeadBucketCommand({ Bucket: 'bucket' }));
  const list = await second.s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  expect(list.Contents?.map((object) => object.Key)).toEqual([Key]);
  const got = await second.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key, ChecksumMode: 'ENABLED' }));
  expect(got).toMatchObject({ ContentType: 'text/x', Metadata: { a: '1' }, ContentLength: 1 });
  expect(got.ChecksumCRC32).toBeDefined();
  expect(await got.Body?.transformToString()).toBe('x');
});

test('a folder answers ranges, part numbers and multipart objects as memory does', async () => {
  await using scene = await startEmbeddedS3({ s3: { folder } });
  const target = { Bucket: 'bucket', Key: 'multi' };
  const { UploadId } = await scene.s3.send(new CreateMultipartUploadCommand(target));
  const Parts = [];
  for (const [PartNumber, Body] of [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('tail')].entries()) {
    const part = { ...target, UploadId, PartNumber: PartNumber + 1, Body };
    const { ETag, ChecksumCRC32 } = await scene.s3.send(new UploadPartCommand(part));
    Parts.push({ PartNumber: PartNumber + 1, ETag, ChecksumCRC32 });
  }
  await scene.s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  const read = async (options: object) =>
    (await scene.s3.send(new GetObjectCommand({ ...target, ...options }))).Body?.transformToString();
  expect(await read({ Range: 'bytes=-6' })).toBe('aatail');
  expect(await read({ PartNumber: 2 })).toBe('tail');
  expect((await read({}))?.length).toBe(5 * 1024 * 1024 + 4);
});

test('a folder keeps a body as long as an object uses it, and no longer', async () => {
  await using scene = await startEmbeddedS3({ s3: { folder } });
  const bodies = () => readdir(join(folder, 'bodies'));
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'x' }));
  await scene.s3.send(new CopyObjectCommand({ Bucket: 'bucket', Key: 'b', CopySource: 'bucket/a' }));
  expect(await bodies()).toHaveLength(1);
  await scene.s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'a' }));
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'b' }));
  expect(await got.Body?.transformToString()).toBe('x');
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'b', Body: 'y' }));
  await vi.waitFor(async () => expect(await bodies()).toHaveLength(1));
  await scene.s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'b' }));
  await vi.waitFor(async () => expect(await bodies()).toHaveLength(0));
});

test('a folder with files of somebody else is refused and left as it is', async () => {
  await mkdir(join(folder, 'bodies'));
  await writeFile(join(folder, 'bodies', randomUUID()), 'mine');
  await expect(startEmbeddedS3({ s3: { folder } })).rejects.toThrow(
    `Cannot keep S3 in the folder ${folder}: it is not empty and has no embedded-s3.json, so the files in it are not the embedded S3's; choose an empty folder, or one that is not there yet`,
  );
  expect(await readdir(folder)).toEqual(['bodies']);
  expect(await readdir(join(folder, 'bodies'))).toHaveLength(1);
});

test('a start removes bodies that nothing uses, and no other file', async () => {
  await (await startEmbeddedS3({ s3: { folder } }))[Symbol.asyncDispose]();
  await writeFile(join(folder, 'bodies', randomUUID()), 'left over');
  await writeFile(join(folder, 'bodies', 'notes.txt'), 'mine');
  await using _scene = await startEmbeddedS3({ s3: { folder } });
  expect(await readdir(join(folder, 'bodies'))).toEqual(['notes.txt']);
  expect(await readFile(join(folder, 'bodies', 'notes.txt'), 'utf8')).toBe('mine');
});

test('a bucket that was half made, or half removed, does not keep the others from starting', async () => {
  await (await startEmbeddedS3({ s3: { folder } }))[Symbol.asyncDispose]();
  await mkdir(join(folder, 'buckets', 'half'));
  await writeFile(join(folder, 'buckets', '.DS_Store'), '');
  await using scene = await startEmbeddedS3({ s3: { folder } });
  const { Buckets: buckets = [] } = await scene.s3.send(new ListBucketsCommand({}));
  expect(buckets.map(({ Name }) => Name)).toEqual(['bucket']);
  await scene.s3.send(new CreateBucketCommand({ Bucket: 'half' }));
});

test.each([
  ['replaced', new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'y' })],
  ['deleted', new DeleteObjectCommand({ Bucket: 'bucket', Key: 'k' })],
])('a reader of a multipart object gets all of it though the object is %s meanwhile', async (_how, change) => {
  await using scene = await startEmbeddedS3({ s3: { folder } });
  const sent = await putInParts(scene.s3, 3);
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  await scene.s3.send(change as PutObjectCommand);
  const bytes = await got.Body?.transformToByteArray();
  expect(bytes?.length).toBe(sent.length);
  expect(sent.equals(bytes ?? Buffer.alloc(0))).toBe(true);
  const left = change instanceof DeleteObjectCommand ? 0 : 1;
  await vi.waitFor(async () => expect(await readdir(join(folder, 'bodies'))).toHaveLength(left));
});

test('a reader whose checksum is still to be computed gets all of it though the object is replaced meanwhile', async () => {
  await using scene = await startEmbeddedS3({ s3: { folder } }, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  const sent = await putInParts(scene.s3, 3);
  const socket = await rawConnection(scene.url);
  socket.write(rawHead(scene.url, { path: '/bucket/k', headers: { 'x-amz-checksum-mode': 'ENABLED' } }));
  // Answered when the server has begun with the other one.
  await scene.s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'y' }));
  const answer = await buffer(socket);
  const body = answer.subarray(answer.indexOf('\r\n\r\n') + 4);
  expect(answer.toString('latin1', 0, 1000)).toContain('x-amz-checksum-crc64nvme');
  expect(body.equals(sent)).toBe(true);
});

test('a reader that leaves half-way, or before the first byte, does not keep the bytes for ever', async () => {
  await using scene = await startEmbeddedS3({ s3: { folder } });
  await putInParts(scene.s3, 4);
  for (const isFirstAwaited of [true, false]) {
    const socket = await rawConnection(scene.url);
    socket.on('error', () => {});
    socket.write(rawHead(scene.url, { path: '/bucket/k' }));
    if (isFirstAwaited) await once(socket, 'data');
    socket.resetAndDestroy();
    await once(socket, 'close');
  }
  await scene.s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  await vi.waitFor(async () => expect(await readdir(join(folder, 'bodies'))).toHaveLength(0));
});

test('a part that is sent again while its upload is completed leaves an object that can be read', async () => {
  await using scene = await startEmbeddedS3({ s3: { folder } });
  const target = { Bucket: 'bucket', Key: 'k' };
  const checksum = { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' } as const;
  const { UploadId } = await scene.s3.send(new CreateMultipartUploadCommand({ ...target, ...checksum }));
  const Body = Buffer.alloc(8 * 1024 * 1024, 'a');
  const part = { ...target, UploadId, PartNumber: 1, ChecksumAlgorithm: 'CRC32C' } as const;
  const { ETag } = await scene.s3.send(new UploadPartCommand({ ...part, Body }));
  const complete = scene.s3.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
  );
  let isOver = false;
  const again = async () => {
    while (!isOver) await scene.s3.send(new UploadPartCommand({ ...part, Body: 'b' })).catch(() => {});
  };
  const senders = [again(), again(), again()];
  const outcome = await complete.catch((error: Error) => error.name);
  isOver = true;
  await Promise.all(senders);
  // Which is first decides; a completion that lists a part that is gone is refused.
  if (outcome === 'InvalidPart') return;
  const got = await scene.s3.send(new GetObjectCommand(target));
  expect((await got.Body?.transformToByteArray())?.length).toBe(Body.length);
  await scene.s3.send(new DeleteObjectCommand(target));
  await vi.waitFor(async () => expect(await readdir(join(folder, 'bodies'))).toHaveLength(0));
});

test('a completion that is refused keeps its parts for the next one, and an abort removes them', async () => {
  await using scene = await startEmbeddedS3({ s3: { folder } });
  const target = { Bucket: 'bucket', Key: 'k' };
  const { UploadId } = await scene.s3.send(new CreateMultipartUploadCommand(target));
  const part = { ...target, UploadId, PartNumber: 1 };
  const { ETag, ChecksumCRC32 } = await scene.s3.send(new UploadPartCommand({ ...part, Body: 'x' }));
  const complete = {
    ...target,
    UploadId,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] },
    ChecksumCRC32: 'AAAAAA==',
    ChecksumType: 'FULL_OBJECT' as const,
  };
  await expect(scene.s3.send(new CompleteMultipartUploadCommand(complete))).rejects.toMatchObject({ name: 'BadDigest' });
  expect(await readdir(join(folder, 'bodies'))).toHaveLength(1);
  await scene.s3.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
  await vi.waitFor(async () => expect(await readdir(join(folder, 'bodies'))).toHaveLength(0));
});

/** Puts the object `k` in so many parts of 16 MiB: more than the sockets between server and reader hold. */
async function putInParts(s3: S3Client, count: number): Promise<Buffer> {
  const target = { Bucket: 'bucket', Key: 'k' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const bodies = Array.from({ length: count }, (_, index) => Buffer.alloc(16 * 1024 * 1024, index + 1));
  const Parts = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag, ChecksumCRC32 });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  return Buffer.concat(bodies);
}
