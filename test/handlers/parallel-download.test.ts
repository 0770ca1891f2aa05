import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { s3ClientOf } from '../helpers/aws-clients.ts';
import { type Deployed, deploy, sampleEvent } from '../helpers/deployed.ts';

const OBJECT_KEY = 'objects/8-kb.bin';

async function deployed(variables: Record<string, string> = { BUCKET_NAME: 'photos' }): Promise<Deployed> {
  const download = await deploy('parallel-download', {}, variables);
  const client = s3ClientOf(download.aws.url);
  await client.send(new CreateBucketCommand({ Bucket: 'photos' }));
  await client.send(new PutObjectCommand({ Bucket: 'photos', Key: OBJECT_KEY, Body: new Uint8Array(8192) }));
  client.destroy();
  return download;
}

test('parallel-download takes its sample event', async () => {
  await using download = await deployed();
  const result = await download.invoke(await sampleEvent('parallel-download'));
  expect(result).toMatchObject({ mode: 'parallel', downloaded: 2000, failed: 0, skipped: 0, byteCount: 2000 * 8192 });
});

test.each(['parallel', 'sequential'])('parallel-download counts the same in %s mode', async (mode) => {
  await using download = await deployed();
  expect(await download.invoke({ objectKey: OBJECT_KEY, repeat: 25, mode })).toMatchObject({
    mode,
    completionReason: 'all-settled',
    downloaded: 25,
    objectCount: 25,
    byteCount: 25 * 8192,
  });
});

test.each([
  [{}, /objectKey: .*repeat: /],
  [{ objectKey: OBJECT_KEY, repeat: 0 }, /repeat: /],
  [{ objectKey: OBJECT_KEY, repeat: 1.5 }, /repeat: /],
  [{ objectKey: '', repeat: 1 }, /objectKey: /],
  [{ objectKey: OBJECT_KEY, repeat: 1, mode: 'fast' }, /mode: .*"parallel" \| "sequential"/],
  [{ objectKey: OBJECT_KEY, repeat: 1, concurrency: 0 }, /concurrency: /],
  [{ objectKey: OBJECT_KEY, repeat: 1, repeats: 1 }, /repeats: /],
  ['text', /event: /],
  [null, /event: /],
])('parallel-download rejects the event %j and names the field', async (event, message) => {
  await using download = await deployed();
  await expect(download.invoke(event)).rejects.toMatchObject({
    code: 'ERR_INVALID_EVENT',
    message: expect.stringMatching(message),
  });
  await expect(download.invoke(event)).rejects.toThrow('handlers/events/parallel-download.json');
});

test('parallel-download of a missing key fails with bucket, key and what to do', async () => {
  await using download = await deployed();
  const failing = download.invoke({ objectKey: 'gone', repeat: 3 });
  await expect(failing).rejects.toMatchObject({ code: 'ERR_PARALLEL_SERVICE_CALL', serviceCode: 'NoSuchKey', statusCode: 404 });
  await expect(failing).rejects.toThrow('Cannot get s3://photos/gone');
});

test('parallel-download from a missing bucket fails with the bucket and what to do', async () => {
  await using download = await deployed({ BUCKET_NAME: 'nowhere' });
  const failing = download.invoke({ objectKey: OBJECT_KEY, repeat: 1 });
  await expect(failing).rejects.toThrow(/s3:\/\/nowhere\/.*NoSuchBucket.*create the bucket/);
});

test('parallel-download keeps what was downloaded when some downloads are denied', async () => {
  await using download = await deployed();
  download.aws.configure('s3', { faults: [{ operation: 'GetObject', times: 2, answer: { status: 403, code: 'AccessDenied' } }] });
  const result = await download.invoke({ objectKey: OBJECT_KEY, repeat: 10 });
  expect(result).toMatchObject({
    downloaded: 8,
    failed: 2,
    firstFailure: expect.stringContaining('allow s3:GetObject on arn:aws:s3:::photos'),
  });
});

test('parallel-download starts nothing when less than the deadline margin is left', async () => {
  await using download = await deployed();
  const result = await download.invoke({ objectKey: OBJECT_KEY, repeat: 10 }, 400);
  expect(result).toMatchObject({ completionReason: 'deadline', downloaded: 0, failed: 0, skipped: 10 });
});

test('parallel-download answers at the deadline while downloads hang, and gives what it has', async () => {
  await using download = await deployed();
  download.aws.configure('s3', { faults: [{ operation: 'GetObject', times: 2, answer: 'hang' }] });
  const result = await download.invoke({ objectKey: OBJECT_KEY, repeat: 5, concurrency: 3 }, 700);
  expect(result).toMatchObject({ completionReason: 'deadline', downloaded: 3, failed: 2, skipped: 0 });
  expect(result['firstFailure']).toContain('the deadline margin of 500 ms');
});

test('parallel-download does not start without BUCKET_NAME', async () => {
  const before = process.env['BUCKET_NAME'];
  await expect(deploy('parallel-download', {}, { BUCKET_NAME: '' })).rejects.toThrow('the environment variable BUCKET_NAME');
  // What was set for it is gone with it.
  expect(process.env['BUCKET_NAME']).toBe(before);
});
