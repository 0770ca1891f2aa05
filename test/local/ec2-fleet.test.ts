import { DescribeVolumesCommand, paginateDescribeInstances, paginateDescribeVolumes } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { fleetTotals } from '../../local/ec2/fleet-totals.ts';
import { fleetOf, instance, startEmbeddedEc2, volume } from '../helpers/embedded-ec2.ts';

test('createFleet() makes the same fleet from the same seed, and another from another', () => {
  const options = { instanceCount: 50, multiAttachVolumeCount: 3, seed: 7 };
  expect(createFleet(options)).toEqual(createFleet(options));
  expect(createFleet({ ...options, seed: 8 }).instances[0]).not.toEqual(createFleet(options).instances[0]);
  // Seen once and written down: figures that were measured with a seed are to be reproducible in later versions too.
  expect(createFleet({ seed: 1 }).instances[0]?.instanceId).toBe('i-06d68e76397234e9d');
});

test('createFleet() keeps to what was asked for', () => {
  const fleet = createFleet({
    instanceCount: 2000,
    volumesPerInstance: 4,
    unattachedVolumeCount: 30,
    multiAttachVolumeCount: 12,
    stoppedShare: 0.25,
  });
  const totals = fleetTotals(fleet);
  expect(totals).toMatchObject({ instanceCount: 2000, unattachedVolumeCount: 30, multiAttachVolumeCount: 12 });
  expect((totals.attachedVolumeCount - 12) / 2000).toBeCloseTo(4, 0);
  expect(totals.stoppedInstanceCount / 2000).toBeCloseTo(0.25, 1);
  const counts = [...totals.volumeCountByInstance.values()];
  expect(counts.filter((count) => count === 0).length).toBeGreaterThan(0);
  expect(Math.max(...counts)).toBeGreaterThan(12);
  for (const { sizeGib } of fleet.volumes) expect(sizeGib).toSatisfy((size: number) => size >= 8 && size <= 2000);
});

test('createFleet() makes every ID once, and every device of an instance once', () => {
  const { instances, volumes } = createFleet({ instanceCount: 1000, multiAttachVolumeCount: 100 });
  const ids = [...instances.map(({ instanceId }) => instanceId), ...volumes.map(({ volumeId }) => volumeId)];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^(i|vol)-0[0-9a-f]{16}$/);
  const devices = [
    ...volumes.flatMap(({ attachments }) => attachments.map(({ instanceId, device }) => `${instanceId} ${device}`)),
  ];
  expect(new Set(devices).size).toBe(devices.length);
});

test('createFleet() shares a volume among 2 to 16 instances, all of its zone', () => {
  const shape = fc.record({ instanceCount: fc.integer({ min: 2, max: 40 }), seed: fc.nat() });
  fc.assert(
    fc.property(shape, (options) => {
      const { instances, volumes } = createFleet({ ...options, multiAttachVolumeCount: 5 });
      const zones = new Map(instances.map(({ instanceId, availabilityZone }) => [instanceId, availabilityZone]));
      for (const { attachments, availabilityZone, multiAttachEnabled } of volumes) {
        expect(multiAttachEnabled).toBe(attachments.length > 1);
        expect(attachments.length).toBeLessThanOrEqual(16);
        for (const { instanceId } of attachments) expect(zones.get(instanceId)).toBe(availabilityZone);
      }
      expect(volumes.filter(({ multiAttachEnabled }) => multiAttachEnabled)).toHaveLength(5);
    }),
    { numRuns: 50 },
  );
});

test.each([
  [{ instanceCount: 0 }, 0],
  [{ instanceCount: 1, unattachedVolumeCount: 0 }, 1],
  [{ instanceCount: 2, multiAttachVolumeCount: 5 }, 2],
])('createFleet(%j) works', (options, count) => {
  expect(createFleet(options).instances).toHaveLength(count);
});

test.each([
  [{ instanceCount: -1 }, 'instanceCount must be an integer >= 0: -1'],
  [{ volumesPerInstance: 99 }, 'volumesPerInstance must be from 0 to 15: 99'],
  [{ stoppedShare: 2 }, 'stoppedShare must be from 0 to 1: 2'],
  [{ instanceCount: 1, multiAttachVolumeCount: 1 }, 'multiAttachVolumeCount needs an instanceCount of at least 2: 1'],
  [{ instances: 5 } as object, 'the option "instances" is unknown'],
])('createFleet(%j) is refused', (options, message) => {
  expect(() => createFleet(options)).toThrow(message);
});

test('the API gives the totals of the fleet', async () => {
  const fleet = createFleet({ instanceCount: 120, multiAttachVolumeCount: 6 });
  await using ec2 = await startEmbeddedEc2({ fleet });
  const totals = fleetTotals(fleet);
  let [attachedGib, volumeCount, stoppedCount] = [0, 0, 0];
  for await (const { Volumes = [] } of paginateDescribeVolumes({ client: ec2.client, pageSize: 50 }, {})) {
    volumeCount += Volumes.length;
    for (const { Size = 0, Attachments = [] } of Volumes) if (Attachments.length > 0) attachedGib += Size;
  }
  const devices = new Map<string, number>();
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2.client, pageSize: 50 }, {})) {
    for (const { InstanceId = '', State, BlockDeviceMappings = [] } of Reservations.flatMap(({ Instances = [] }) => Instances)) {
      if (State?.Name === 'stopped') stoppedCount++;
      devices.set(InstanceId, BlockDeviceMappings.length);
    }
  }
  expect({ attachedGib, volumeCount, stoppedCount }).toEqual({
    attachedGib: totals.attachedGib,
    volumeCount: totals.volumeCount,
    stoppedCount: totals.stoppedInstanceCount,
  });
  expect(devices).toEqual(totals.volumeCountByInstance);
});

test('tags come through as they were given', async () => {
  const tags = { 'a<&>"\'b': '<&>"\' ]]>', Name: 'größer 🚀', empty: '', 'aws:line': 'one\r\ntwo\nthree\ttab', spaces: 'a  b' };
  const fleet = fleetOf([instance(1, { tags })], [volume(1, { tags })]);
  await using ec2 = await startEmbeddedEc2({ fleet });
  const { Volumes = [] } = await ec2.client.send(new DescribeVolumesCommand({}));
  expect(Object.fromEntries((Volumes[0]?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual(tags);
  const Filters = [{ Name: 'tag:a<&>"\'b', Values: ['<&>"\' ]]>'] }];
  expect((await ec2.client.send(new DescribeVolumesCommand({ Filters }))).Volumes).toHaveLength(1);
});
