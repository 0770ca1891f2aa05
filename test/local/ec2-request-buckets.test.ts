import { DescribeInstancesCommand, DescribeVolumesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { fleetOf, startEmbeddedEc2 } from '../helpers/embedded-ec2.ts';

const fleet = fleetOf([], []);
const filtered = { Filters: [{ Name: 'status', Values: ['in-use'] }] };
const limited = { name: 'RequestLimitExceeded', message: 'Request limit exceeded.', $metadata: { httpStatusCode: 503 } };

async function passes(client: EC2Client, input: object, command = DescribeVolumesCommand): Promise<boolean> {
  try {
    await client.send(new command(input));
    return true;
  } catch (error) {
    expect(error).toMatchObject(limited);
    return false;
  }
}

async function countPassing(client: EC2Client, input: object, calls: number): Promise<number> {
  const results = await Promise.all(Array.from({ length: calls }, () => passes(client, input)));
  return results.filter(Boolean).length;
}

test.each([
  ['filtered', filtered, 100, 20],
  ['paginated', { MaxResults: 5 }, 100, 20],
  ['unfiltered and unpaginated', {}, 50, 10],
])('%s calls have a bucket as EC2 documents it', async (_, input, burst, ratePerSecond) => {
  let now = 0;
  await using ec2 = await startEmbeddedEc2({ fleet, requestBuckets: {}, clock: () => now });
  expect(await countPassing(ec2.client, input, burst + 10)).toBe(burst);
  now += 1000;
  expect(await countPassing(ec2.client, input, burst)).toBe(ratePerSecond);
  now += 3_600_000;
  expect(await countPassing(ec2.client, input, burst + 10)).toBe(burst);
});

test('buckets are apart for filtered and unfiltered calls, for actions and for regions', async () => {
  const one = { burst: 1, ratePerSecond: 1 };
  const requestBuckets = { filteredOrPaginated: one, unfiltered: one };
  await using ec2 = await startEmbeddedEc2({ fleet, requestBuckets, clock: () => 0 });
  expect(await passes(ec2.client, filtered)).toBe(true);
  expect(await passes(ec2.client, filtered)).toBe(false);
  expect(await passes(ec2.client, {})).toBe(true);
  expect(await passes(ec2.client, { MaxResults: 5 }, DescribeInstancesCommand as never)).toBe(true);
  expect(await passes(ec2.clientFor('eu-west-1'), filtered)).toBe(true);
  expect(await passes(ec2.client, { NextToken: 'x' })).toBe(false);
});

test('a wrong call costs a token; one that a fault answers does not', async () => {
  const requestBuckets = { unfiltered: { burst: 2, ratePerSecond: 1 } };
  await using ec2 = await startEmbeddedEc2({ fleet, requestBuckets, clock: () => 0 });
  ec2.endpoint.configure('ec2', {
    faults: [{ operation: 'DescribeVolumes', times: 1, answer: { status: 500, code: 'InternalError' } }],
  });
  await expect(ec2.client.send(new DescribeVolumesCommand({}))).rejects.toMatchObject({ name: 'InternalError' });
  await expect(ec2.client.send(new DescribeVolumesCommand({ VolumeIds: ['wrong'] }))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
  expect(await countPassing(ec2.client, {}, 3)).toBe(1);
});

test('setRequestBuckets() begins with full buckets, or lifts the limits', async () => {
  const requestBuckets = { filteredOrPaginated: { burst: 1, ratePerSecond: 1 } };
  await using ec2 = await startEmbeddedEc2({ fleet, requestBuckets, clock: () => 0 });
  expect(await countPassing(ec2.client, filtered, 3)).toBe(1);
  ec2.service.setRequestBuckets({ filteredOrPaginated: { burst: 2, ratePerSecond: 1 } });
  expect(await countPassing(ec2.client, filtered, 3)).toBe(2);
  ec2.service.setRequestBuckets(false);
  expect(await countPassing(ec2.client, filtered, 110)).toBe(110);
  expect(() => ec2.service.setRequestBuckets({ unfiltered: { burst: 0, ratePerSecond: 1 } })).toThrow(RangeError);
});
