import { DescribeInstancesCommand, DescribeVolumesCommand, type Filter } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePattern, isExact } from '../../local/ec2/filter-pattern.ts';
import { attachedTo, type EmbeddedEc2, fleetOf, instance, startEmbeddedEc2, volume } from '../helpers/embedded-ec2.ts';

const [first, second, third] = [
  instance(1, { tags: { Name: 'payments-1', Team: 'payments' }, reservationId: 'r-0000000000000000a' }),
  instance(2, { tags: { Name: 'payments-2', Team: 'Payments' }, reservationId: 'r-0000000000000000a', state: 'stopped' }),
  instance(3, { tags: { Name: 'a*b?c\\d' }, instanceType: 't3.micro', availabilityZone: 'us-east-1b' }),
];
const volumes = [
  volume(1, { attachments: [attachedTo(first, { device: '/dev/sda1', deleteOnTermination: true })], sizeGib: 8 }),
  volume(2, { attachments: [attachedTo(first)], sizeGib: 500, volumeType: 'st1', encrypted: true }),
  volume(3, { attachments: [attachedTo(second, { state: 'detaching' })], tags: { Name: 'data' } }),
  volume(4, {
    attachments: [attachedTo(first), attachedTo(second), attachedTo(third)],
    multiAttachEnabled: true,
    volumeType: 'io2',
    iops: 3000,
  }),
  volume(5, { snapshotId: 'snap-00000000000000001', createTime: '2025-06-07T08:09:10.000Z', tags: { Name: '' } }),
];

let ec2: EmbeddedEc2;
beforeAll(async () => {
  ec2 = await startEmbeddedEc2({ fleet: fleetOf([first, second, third], volumes) });
});
afterAll(() => ec2[Symbol.asyncDispose]());

async function volumeNumbers(filters: Record<string, string | string[]>): Promise<number[]> {
  const { Volumes = [] } = await ec2.client.send(new DescribeVolumesCommand({ Filters: sdkFilters(filters) }));
  return Volumes.map(({ VolumeId = '' }) => Number.parseInt(VolumeId.slice('vol-'.length), 16));
}

async function instanceNumbers(filters: Record<string, string | string[]>): Promise<number[]> {
  const { Reservations = [] } = await ec2.client.send(new DescribeInstancesCommand({ Filters: sdkFilters(filters) }));
  return Reservations.flatMap(({ Instances = [] }) =>
    Instances.map(({ InstanceId = '' }) => Number.parseInt(InstanceId.slice(2), 16)),
  );
}

function sdkFilters(filters: Record<string, string | string[]>): Filter[] {
  return Object.entries(filters).map(([Name, values]) => ({ Name, Values: [values].flat() }));
}

describe('DescribeVolumes filters', () => {
  test.each<[Record<string, string | string[]>, number[]]>([
    [{ 'attachment.instance-id': first.instanceId }, [1, 2, 4]],
    [{ 'attachment.instance-id': [third.instanceId, second.instanceId] }, [3, 4]],
    [{ 'attachment.instance-id': 'i-0*2' }, [3, 4]],
    [{ 'attachment.instance-id': 'i-0ffffffffffffffff' }, []],
    [{ 'attachment.instance-id': first.instanceId, 'volume-type': 'io2' }, [4]],
    [{ 'volume-type': 'io2', 'attachment.instance-id': [first.instanceId, second.instanceId] }, [4]],
    [{ 'attachment.instance-id': first.instanceId, 'volume-id': volumes[2]?.volumeId ?? '' }, []],
    [{ 'attachment.status': 'detaching' }, [3]],
    [{ 'attachment.device': '/dev/sda1' }, [1]],
    [{ 'attachment.delete-on-termination': 'true' }, [1]],
    [{ 'attachment.attach-time': '2026-01-02*' }, [1, 2, 3, 4]],
    [{ 'availability-zone': 'us-east-1b' }, []],
    [{ status: 'available' }, [5]],
    [{ size: ['8', '500'] }, [1, 2]],
    [{ encrypted: 'true' }, [2]],
    [{ 'multi-attach-enabled': 'true' }, [4]],
    [{ 'snapshot-id': 'snap-00000000000000001' }, [5]],
    [{ 'create-time': '2025-06-07T08:09:10.000Z' }, [5]],
    [{ 'tag:Name': '*' }, [3, 5]],
    [{ 'tag:Name': '' }, [5]],
    [{ 'tag-key': 'Name' }, [3, 5]],
    [{ 'tag:constructor': '*' }, []],
  ])('%j lets volumes %j through', async (filters, expected) => {
    expect(await volumeNumbers(filters)).toEqual(expected);
  });
});

describe('DescribeInstances filters', () => {
  test.each<[Record<string, string | string[]>, number[]]>([
    [{ 'instance-id': [third.instanceId, first.instanceId] }, [1, 3]],
    [{ 'instance-state-name': 'stopped' }, [2]],
    [{ 'instance-state-name': ['stopped', 'running'], 'instance-type': 't3.*' }, [3]],
    [{ 'instance-state-code': '16' }, [1, 3]],
    [{ 'availability-zone': 'us-east-1b' }, [3]],
    [{ 'block-device-mapping.volume-id': volumes[3]?.volumeId ?? '' }, [1, 2, 3]],
    [{ 'private-ip-address': '10.0.0.2' }, [2]],
    [{ 'reservation-id': 'r-0000000000000000a' }, [1, 2]],
    [{ 'tag:Team': 'payments' }, [1]],
    [{ 'tag:Team': '?ayments' }, [1, 2]],
    [{ 'tag:Name': 'payments-??' }, [1, 2]],
    [{ 'tag:Name': 'a\\*b\\?c\\\\d' }, [3]],
    [{ 'tag:Name': 'payments\\*' }, []],
    [{ 'tag:team': 'payments' }, []],
    [{ 'tag-key': 'Team' }, [1, 2]],
    [{ 'vpc-id': 'vpc-00000000000000001', 'subnet-id': 'subnet-*', 'image-id': 'ami-*' }, [1, 2, 3]],
  ])('%j lets instances %j through', async (filters, expected) => {
    expect(await instanceNumbers(filters)).toEqual(expected);
  });
});

test('a volume of several instances is answered once, with all its attachments', async () => {
  const Values = [first.instanceId, second.instanceId, third.instanceId];
  const { Volumes = [] } = await ec2.client.send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values }] }),
  );
  const shared = Volumes.filter(({ MultiAttachEnabled }) => MultiAttachEnabled);
  expect(shared.map(({ Attachments = [] }) => Attachments.map(({ InstanceId }) => InstanceId))).toEqual([Values]);
});

test('compilePattern() agrees with a matcher that tries every way', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '.', '*', '?', '\\*', '\\\\', '^')).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', '.', '*', '\\', '^', '\n')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      expect(compilePattern(p)(t)).toBe(matches(p, t));
      if (isExact(p)) expect(matches(p, t)).toBe(p === t);
    }),
    { numRuns: 2000 },
  );
});

const long = 'a'.repeat(254);
test.each([
  [`${'?*'.repeat(127)}z`, long, false],
  [`${'?*'.repeat(127)}z`, `${long}z`, true],
  [`${'*a'.repeat(127)}z`, long, false],
  [`${'?'.repeat(254)}z`, `${long}z`, true],
  [`${'?'.repeat(253)}z`, `${long}z`, false],
])('compilePattern(%j) answers for %j', (pattern, text, isMatch) => {
  expect(compilePattern(pattern)(text)).toBe(isMatch);
});

function matches(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  if (pattern.startsWith('?'))
    return matches(pattern.slice(1), text) || (text !== '' && matches(pattern.slice(1), text.slice(1)));
  const literal = pattern.startsWith('\\') && pattern.length > 1 ? pattern.slice(1) : pattern;
  return text !== '' && text[0] === literal[0] && matches(literal.slice(1), text.slice(1));
}
