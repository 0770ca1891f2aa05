import {
  GetBucketAclCommand,
  GetObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
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
])('%s %s is named %s', async (method, path, name) => {
  await using scene = await startEmbeddedS3();
  const answer = await rawRequest(scene.url, { method, path, body: '' });
  expect(answer.status).toBe(501);
  expect(answer.body).toContain(`<Message>${name} is not implemented by the embedded S3`);
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
