import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';

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
