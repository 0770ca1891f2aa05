import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startEmbeddedAwsThread } from '../../local/thread/start-thread.ts';
import { s3ClientOf } from '../helpers/aws-clients.ts';

test('startEmbeddedAwsThread() serves, and counts the calls of each service', async () => {
  await using aws = await startEmbeddedAwsThread();
  const client = s3ClientOf(aws.url);
  await client.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await client.send(new ListBucketsCommand());
  client.destroy();
  expect(aws.callCount('s3')).toBe(2);
  expect(aws.callCount('ec2')).toBe(0);
});

test('configure() of the thread is in force when it resolves', async () => {
  await using aws = await startEmbeddedAwsThread();
  const client = s3ClientOf(aws.url, { maxAttempts: 1 });
  await aws.configure('s3', { faults: [{ answer: { status: 403, code: 'AccessDenied' } }] });
  await expect(client.send(new ListBucketsCommand())).rejects.toMatchObject({ name: 'AccessDenied' });
  client.destroy();
});

test('startEmbeddedAwsThread() rejects with what is wrong with the fleet', async () => {
  await expect(startEmbeddedAwsThread({ fleet: { instanceCount: -1 } })).rejects.toThrow('instanceCount must be an integer >= 0');
});

test('a wrong setting is rejected with its reason, and the thread goes on', async () => {
  await using aws = await startEmbeddedAwsThread();
  const wrong = { unfiltered: { burst: 0, ratePerSecond: 10 } };
  const [first, second, third] = await Promise.allSettled([
    aws.setRequestBuckets(wrong),
    aws.configure('sqs' as 's3', {}),
    aws.configure('s3', { latencyMs: 1 }),
  ]);
  expect(first).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) });
  expect(first).toMatchObject({ reason: { message: expect.stringContaining('burst must be an integer >= 1') } });
  expect(second).toMatchObject({ reason: { message: expect.stringContaining('Cannot set sqs') } });
  expect(third.status).toBe('fulfilled');
  expect((await fetch(aws.url)).status).toBe(403);
});

test('close() of the thread may be called again, and what is asked then or still open rejects', async () => {
  await using aws = await startEmbeddedAwsThread();
  const open = expect(aws.setRequestBuckets(false)).rejects.toThrow('Cannot setRequestBuckets: the thread of the embedded AWS');
  await Promise.all([aws.close(), aws.close()]);
  await aws.close();
  await open;
  await expect(aws.configure('s3', {})).rejects.toThrow('Cannot configure: the thread of the embedded AWS has ended');
  await expect(fetch(aws.url)).rejects.toThrow();
});
