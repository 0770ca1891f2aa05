import * as sdk from '@aws-sdk/client-s3';
import {
  GetBucketAclCommand,
  GetObjectCommand,
  type ListBucketsCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { rawRequest } from '../helpers/raw-http.ts';

test('an operation that is not implemented answers 501 with its name', async () => {
  await using scene = await startEmbeddedS3();
  const acl = scene.s3.send(new GetBucketAclCommand({ Bucket: 'bucket' }));
  await expect(acl).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501, attempts: 1 } });
  await expect(acl).rejects.toThrow(/^GetBucketAcl is not implemented by the embedded S3, which has ListBuckets, /);
  const command = new PutBucketNotificationConfigurationCommand({ Bucket: 'bucket', NotificationConfiguration: {} });
  await expect(scene.s3.send(command)).rejects.toThrow(/^PutBucketNotificationConfiguration is not implemented/);
});

test.each([
  ['DELETE', '/bucket/k?tagging', 'DeleteObjectTagging'],
  ['GET', '/bucket?versions', 'ListObjectVersions'],
  ['PUT', '/bucket?versioning', 'PutBucketVersioning'],
  ['POST', '/bucket/k?select&select-type=2', 'SelectObjectContent'],
  ['GET', '/bucket/k?attributes', 'GetObjectAttributes'],
  ['POST', '/bucket', 'PostObject'],
  ['POST', '/bucket?unknown', 'PostObject'],
  ['GET', '/?x-id=ListDirectoryBuckets', 'ListDirectoryBuckets'],
])('%s %s is named %s', async (method, path, name) => {
  await using scene = await startEmbeddedS3();
  const answer = await rawRequest(scene.url, { method, path, body: '' });
  expect(answer.status).toBe(501);
  expect(answer.body).toContain(`<Message>${name} is not implemented by the embedded S3`);
});

/** What its own operation of each name would need to be sent at all, and nothing that exists. */
const INPUT = {
  Bucket: 'bucket',
  Key: 'k',
  Body: 'other',
  CopySource: 'bucket/none',
  UploadId: 'none',
  PartNumber: 1,
  Id: 'id',
  AnnotationName: 'name',
  RenameSource: 'bucket/k',
  RequestRoute: 'route',
  RequestToken: 'token',
};

/** They are signed for another service, by the name of which the endpoint refuses them. */
const OF_OTHER_SERVICES = ['ListDirectoryBuckets', 'WriteGetObjectResponse'];

/** To be sent last, as they would rightly remove what the others must not touch. */
const DESTRUCTIVE = ['PutObject', 'DeleteObject', 'DeleteBucket'];

test('every operation of the SDK is done, or refused by its name, and never done as another one', async () => {
  await using scene = await startEmbeddedS3({}, { disableHostPrefix: true, maxAttempts: 1 });
  const { s3 } = scene;
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  const names = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
  expect(names.length).toBeGreaterThan(100);
  const supported = await supportedOperations(s3);
  const wrong: string[] = [];
  for (const name of names) {
    if (DESTRUCTIVE.includes(name) || OF_OTHER_SERVICES.includes(name)) continue;
    const outcome = await send(s3, name, INPUT);
    const isRefused = outcome.startsWith(`NotImplemented: ${name} is not implemented by the embedded S3`);
    const isDone = !outcome.startsWith('NotImplemented') && !outcome.startsWith('not sent');
    if (supported.includes(name) ? !isDone : !isRefused) wrong.push(`${name}: ${outcome}`);
  }
  expect(wrong).toEqual([]);
  for (const name of OF_OTHER_SERVICES) {
    const { Bucket, ...input } = INPUT; // With a bucket, the SDK asks for a session of it first.
    expect(await send(s3, name, input)).toMatch(/^NotImplemented: The embedded AWS has no service "/);
  }
  const got = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  expect(await got.Body?.transformToString()).toBe('x');
  for (const name of DESTRUCTIVE) expect(await send(s3, name, INPUT)).toBe('done');
});

async function supportedOperations(s3: S3Client): Promise<string[]> {
  const refusal = await send(s3, 'GetBucketAcl', INPUT);
  const [, list = ''] = /which has ([\w, ]+);/.exec(refusal) ?? [];
  expect(list.split(', ')).toContain('UploadPartCopy');
  return list.split(', ');
}

async function send(s3: S3Client, name: string, input: object): Promise<string> {
  const commands = sdk as unknown as Record<string, new (input: object) => ListBucketsCommand>;
  const Command = commands[`${name}Command`];
  if (Command === undefined) return 'not sent: the SDK has no such command';
  try {
    await s3.send(new Command(input));
    return 'done';
  } catch (error) {
    if (error instanceof sdk.S3ServiceException) return `${error.name}: ${error.message}`;
    return `not sent: ${error}`;
  }
}

test.each([
  ['GET', '/bucket/k?unknown=1', 'GetObject', 'unknown'],
  ['HEAD', '/bucket/k?unknown', 'HeadObject', 'unknown'],
  ['PUT', '/bucket/k?partNumber=1', 'PutObject', 'partNumber'],
  ['DELETE', '/bucket/k?uploads', 'DeleteObject', 'uploads'],
  ['POST', '/bucket/k?uploads&prefix=a', 'CreateMultipartUpload', 'prefix'],
  ['PUT', '/bucket?unknown', 'CreateBucket', 'unknown'],
  ['DELETE', '/bucket?unknown', 'DeleteBucket', 'unknown'],
  ['GET', '/bucket?list-type=2&marker=a', 'ListObjectsV2', 'marker'],
  ['GET', '/?unknown', 'ListBuckets', 'unknown'],
])('%s %s is not done as %s: it does not have %s', async (method, path, operation, parameter) => {
  await using scene = await startEmbeddedS3();
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  const answer = await rawRequest(scene.url, { method, path, body: '' });
  expect(answer.status).toBe(501);
  if (method !== 'HEAD') {
    expect(answer.body).toContain(
      `<Message>${operation} cannot be done with the query parameter &quot;${parameter}&quot;: the embedded S3 does not implement it`,
    );
  }
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  expect(await got.Body?.transformToString()).toBe('x');
});

test('parameters that begin with x- are for the access log only', async () => {
  await using scene = await startEmbeddedS3();
  expect((await rawRequest(scene.url, { method: 'PUT', path: '/bucket/k?x-team=a', body: 'x' })).status).toBe(200);
  expect((await rawRequest(scene.url, { path: '/bucket/k?X-team=a&x-id=GetObject' })).body).toBe('x');
});

test('a feature that would change the meaning of a write is refused, and nothing is stored', async () => {
  await using scene = await startEmbeddedS3();
  const Key = 'k';
  for (const feature of [
    { SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.alloc(32).toString('base64') },
    { ServerSideEncryption: 'aws:kms' as const },
    { Tagging: 'a=b' },
    { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate: new Date(0) },
  ]) {
    const put = scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x', ...feature }));
    await expect(put).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringMatching(/^PutObject cannot be done with the header x-amz-/),
    });
  }
  const acl = scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x', ACL: 'public-read' }));
  await expect(acl).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
  const owner = scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x', ExpectedBucketOwner: '999999999999' }));
  await expect(owner).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }))).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a version that is not `null` does not exist', async () => {
  await using scene = await startEmbeddedS3();
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k', VersionId: 'null' }));
  expect(await got.Body?.transformToString()).toBe('x');
  const other = scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k', VersionId: 'abc' }));
  await expect(other).rejects.toMatchObject({ name: 'NoSuchVersion' });
});
