import {
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type Filter,
  paginateDescribeInstances,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { attachedTo, type EmbeddedEc2, fleetOf, instance, startEmbeddedEc2, volume } from '../helpers/embedded-ec2.ts';

const fleet = createFleet({ instanceCount: 60, multiAttachVolumeCount: 8, unattachedVolumeCount: 20 });
const instanceIds = fleet.instances.map(({ instanceId }) => instanceId);

const filters = fc.oneof(
  fc.constant<Filter[]>([]),
  fc.constant<Filter[]>([{ Name: 'status', Values: ['in-use'] }]),
  fc.constant<Filter[]>([{ Name: 'volume-type', Values: ['io2', 's?1'] }]),
  fc.constant<Filter[]>([
    { Name: 'tag:Team', Values: ['pay*', 'search'] },
    { Name: 'encrypted', Values: ['true'] },
  ]),
  fc.subarray(instanceIds, { minLength: 1 }).map((Values): Filter[] => [{ Name: 'attachment.instance-id', Values }]),
);

describe.each([{ hasSparsePages: false }, { hasSparsePages: true }])('pages with %j', ({ hasSparsePages }) => {
  let ec2: EmbeddedEc2;
  beforeAll(async () => {
    ec2 = await startEmbeddedEc2({ fleet, hasSparsePages });
  });
  afterAll(() => ec2[Symbol.asyncDispose]());

  test('DescribeVolumes gives the same volumes in pages of any size as in one answer', async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 5, max: 600 }), async (Filters, pageSize) => {
        const { Volumes: all = [], NextToken } = await ec2.client.send(new DescribeVolumesCommand({ Filters }));
        expect(NextToken).toBeUndefined();
        const paged = [];
        for await (const { Volumes = [] } of paginateDescribeVolumes({ client: ec2.client, pageSize }, { Filters })) {
          expect(Volumes.length).toBeLessThanOrEqual(Math.min(pageSize, 500));
          paged.push(...Volumes);
        }
        expect(paged).toEqual(all);
        expect(new Set(paged.map(({ VolumeId }) => VolumeId)).size).toBe(all.length);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  test('DescribeInstances gives each instance once, and a reservation cut by a page on both pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 100 }), async (pageSize) => {
        const paged = [];
        for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2.client, pageSize }, {})) {
          const instances = Reservations.flatMap(({ ReservationId, Instances = [] }) =>
            Instances.map(({ InstanceId }) => ({ instanceId: InstanceId, reservationId: ReservationId })),
          );
          expect(instances.length).toBeLessThanOrEqual(pageSize);
          paged.push(...instances);
        }
        expect(paged).toEqual(fleet.instances.map(({ instanceId, reservationId }) => ({ instanceId, reservationId })));
      }),
      { numRuns: 10, seed: 1 },
    );
  });
});

test('sparse pages can be empty and still have a token', async () => {
  const volumes = Array.from({ length: 12 }, (_, index) => volume(index, { encrypted: index === 11 }));
  await using ec2 = await startEmbeddedEc2({ fleet: fleetOf([], volumes), hasSparsePages: true });
  const Filters = [{ Name: 'encrypted', Values: ['true'] }];
  const sizes = [];
  for await (const { Volumes = [] } of paginateDescribeVolumes({ client: ec2.client, pageSize: 5 }, { Filters }))
    sizes.push(Volumes.length);
  expect(sizes).toEqual([0, 0, 1]);
});

describe('MaxResults and NextToken', () => {
  const machine = instance(1);
  const volumes = Array.from({ length: 510 }, (_, index) =>
    volume(index, { attachments: index < 7 ? [attachedTo(machine)] : [] }),
  );
  let ec2: EmbeddedEc2;
  beforeAll(async () => {
    ec2 = await startEmbeddedEc2({ fleet: fleetOf([machine], volumes) });
  });
  afterAll(() => ec2[Symbol.asyncDispose]());

  test('a page that holds the last volume has no token', async () => {
    const Filters = [{ Name: 'attachment.instance-id', Values: [machine.instanceId] }];
    const { Volumes, NextToken } = await ec2.client.send(new DescribeVolumesCommand({ Filters, MaxResults: 7 }));
    expect(Volumes).toHaveLength(7);
    expect(NextToken).toBeUndefined();
  });

  test('without MaxResults everything comes in one answer', async () => {
    const { Volumes, NextToken } = await ec2.client.send(new DescribeVolumesCommand({}));
    expect(Volumes).toHaveLength(510);
    expect(NextToken).toBeUndefined();
  });

  test('DescribeVolumes answers 500 at most, also when asked for more', async () => {
    const { Volumes, NextToken } = await ec2.client.send(new DescribeVolumesCommand({ MaxResults: 1000 }));
    expect(Volumes).toHaveLength(500);
    const rest = await ec2.client.send(new DescribeVolumesCommand({ NextToken }));
    expect(rest.Volumes).toHaveLength(10);
  });

  test.each([
    ['DescribeVolumes', 4, 'Expecting a value greater than 5.'],
    ['DescribeVolumes', -1, 'Expecting a value greater than 5.'],
    ['DescribeInstances', 4, 'Expecting a value greater than 5.'],
    ['DescribeInstances', 1001, 'Expecting a value smaller than 1000.'],
  ])('%s refuses MaxResults %i', async (action, MaxResults, reason) => {
    const command =
      action === 'DescribeVolumes' ? new DescribeVolumesCommand({ MaxResults }) : new DescribeInstancesCommand({ MaxResults });
    await expect(ec2.client.send(command as DescribeVolumesCommand)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value ( ${MaxResults} ) for parameter maxResults is invalid. ${reason}`,
    });
  });

  test('a token is for the query that gave it', async () => {
    const { NextToken } = await ec2.client.send(new DescribeVolumesCommand({ MaxResults: 5 }));
    const Filters = [{ Name: 'status', Values: ['available'] }];
    for (const request of [{ NextToken: 'garbage' }, { NextToken: `${NextToken}`, Filters }]) {
      await expect(ec2.client.send(new DescribeVolumesCommand(request))).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: expect.stringContaining('Unable to parse pagination token'),
      });
    }
  });

  test.each([{ MaxResults: 5 }, { NextToken: 'any' }])('IDs cannot be used with %j', async (paging) => {
    const VolumeIds = [volumes[0]?.volumeId ?? ''];
    await expect(ec2.client.send(new DescribeVolumesCommand({ VolumeIds, ...paging }))).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
      message: expect.stringMatching(/^The parameter volumeSet cannot be used with the parameter (maxResults|nextToken)$/),
    });
  });
});
