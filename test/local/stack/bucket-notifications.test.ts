import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { bucketNotifications } from '../../../local/stack/bucket-notifications.ts';
import type { BucketNotification, FunctionModel } from '../../../local/template/model.ts';
import { startEmbeddedS3 } from '../../helpers/embedded-s3.ts';

interface Started {
  readonly functionName: string;
  readonly record: {
    readonly eventName: string;
    readonly s3: {
      readonly configurationId: string;
      readonly bucket: object;
      readonly object: { readonly key: string; readonly size: number };
    };
  };
}

const resize = { logicalId: 'ResizeFunction', functionName: 'app-resize' } as FunctionModel;
const anyObject: BucketNotification = {
  functionLogicalId: 'ResizeFunction',
  events: ['s3:ObjectCreated:*'],
  prefix: '',
  suffix: '',
};

/** An embedded S3 whose bucket has these notifications, and what they have started. */
async function s3With(notification: Partial<BucketNotification>) {
  const started: Started[] = [];
  const bucket = { logicalId: 'Bucket', bucketName: 'bucket', notifications: [{ ...anyObject, ...notification }] };
  const start = (functionName: string, payload: string): void => {
    started.push({ functionName, record: JSON.parse(payload).Records[0] });
  };
  const onObjectCreated = bucketNotifications({ buckets: [bucket], functions: [resize] }, start, () => undefined);
  const { s3, ...rest } = await startEmbeddedS3({ s3: { onObjectCreated } });
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'four' }));
  return { ...rest, s3, put, started, keys: () => started.map(({ record }) => record.s3.object.key) };
}

test('a new object starts the function with the event that S3 sends', async () => {
  await using embedded = await s3With({});
  await embedded.put('images/one two+ü/a.jpg');
  expect(embedded.started).toMatchObject([
    {
      functionName: 'app-resize',
      record: {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventName: 'ObjectCreated:Put',
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'ResizeFunction',
          bucket: { name: 'bucket', arn: 'arn:aws:s3:::bucket' },
          object: { key: 'images/one+two%2B%C3%BC/a.jpg', size: 4, eTag: expect.stringMatching(/^[0-9a-f]{32}$/) },
        },
      },
    },
  ]);
});

test('copies and completed uploads are new objects as well, and are told apart', async () => {
  await using embedded = await s3With({});
  const { s3 } = embedded;
  await embedded.put('a');
  await s3.send(new CopyObjectCommand({ Bucket: 'bucket', Key: 'b', CopySource: 'bucket/a' }));
  const upload = { Bucket: 'bucket', Key: 'c' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
  expect(embedded.started.map(({ record }) => `${record.eventName} ${record.s3.object.key}`)).toEqual([
    'ObjectCreated:Put a',
    'ObjectCreated:Copy b',
    'ObjectCreated:CompleteMultipartUpload c',
  ]);
});

test('only keys with the prefix and the suffix, and only the events that were asked for', async () => {
  await using filtered = await s3With({ prefix: 'images/', suffix: '.jpg' });
  for (const key of ['images/a.jpg', 'images/a.png', 'other/a.jpg', 'a.jpg']) await filtered.put(key);
  expect(filtered.keys()).toEqual(['images/a.jpg']);
  await using copies = await s3With({ events: ['s3:ObjectCreated:Copy'] });
  await copies.put('a');
  await copies.s3.send(new CopyObjectCommand({ Bucket: 'bucket', Key: 'b', CopySource: 'bucket/a' }));
  expect(copies.keys()).toEqual(['b']);
});

test('an object that is refused starts nothing', async () => {
  await using embedded = await s3With({});
  await embedded.put('a');
  const again = new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'five', IfNoneMatch: '*' });
  await expect(embedded.s3.send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(embedded.keys()).toEqual(['a']);
});
