import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeVolumesCommand,
  type DescribeVolumesCommandInput,
  EC2Client,
  type Instance,
  paginateDescribeInstances,
  paginateDescribeVolumes,
  RunInstancesCommand,
  type Volume,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFleet } from '../../../local/ec2/fleet.ts';
import { conformanceTargets, type StartedTarget, type TargetName } from '../../helpers/targets.ts';

const fleet = createFleet({ instanceCount: 12, multiAttachVolumeCount: 2 });

/** Where a target is known not to do as EC2 does, and how it shows. */
const DEVIATIONS: Partial<Record<TargetName, Record<string, string>>> = {
  moto: {
    'instances can be filtered by volume': 'moto 5.2 answers 500 and a page of HTML',
    'malformed ID': 'moto 5.2 answers that the instance is not found',
    'page of volumes': 'moto 5.2 ignores MaxResults of DescribeVolumes and answers everything',
    'volume IDs with MaxResults': 'moto 5.2 takes both',
    'MaxResults below 5': 'moto 5.2 takes any number',
    'unknown filter': 'moto 5.2 answers 500 and a page of HTML',
    '201 values': 'moto 5.2 has no limit',
    'dry run of DescribeVolumes': 'moto 5.2 ignores DryRun there',
    'broken token': 'moto 5.2 answers 500 and a page of HTML',
  },
};

/** What the tests look at. All of it is only read, so a target with an account of its own can be real AWS. */
interface Sample {
  readonly instances: readonly [Instance, Instance];
  readonly volume: Volume;
}

describe.each(conformanceTargets({ ec2: { fleet, requestBuckets: false } }))('EC2 on $name', (target) => {
  describe.skipIf(target.skipped !== undefined)('reads', () => {
    let started: StartedTarget;
    let client: EC2Client;
    let sample: Sample | undefined;

    beforeAll(async () => {
      started = await target.start();
      client = new EC2Client({ ...started.clientConfig, maxAttempts: target.name === 'environment' ? 5 : 1 });
      if (target.name === 'moto') await createResources(client);
      sample = await findSample(client);
      // Elsewhere the tests have made what they look at.
      if (target.name !== 'environment') expect(sample).toBeDefined();
    });
    afterAll(async () => {
      client?.destroy();
      await started?.close();
    });

    function check(name: string, run: (sample: Sample) => Promise<void>): void {
      const deviation = DEVIATIONS[target.name]?.[name];
      if (deviation !== undefined) {
        test.fails(`${name} [${target.name} differs: ${deviation}]`, () => run(sample as Sample));
        return;
      }
      test(name, async ({ skip }) => {
        if (sample === undefined) skip('the account has no two instances with EBS volumes');
        else await run(sample);
      });
    }

    const volumes = async (input: DescribeVolumesCommandInput) => {
      const { Volumes = [] } = await client.send(new DescribeVolumesCommand(input));
      return sorted(Volumes.map(({ VolumeId }) => VolumeId));
    };
    const instances = async (input: DescribeInstancesCommandInput) => {
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand(input));
      return sorted(Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)));
    };

    check('volumes of an instance are those of its block devices', async ({ instances: [instance] }) => {
      expect(await volumes({ Filters: [attachedTo(instance)] })).toEqual(volumeIdsOf(instance));
    });

    check('values of a filter are alternatives', async ({ instances: [a, b] }) => {
      expect(await volumes({ Filters: [attachedTo(a, b)] })).toEqual(sorted([...volumeIdsOf(a), ...volumeIdsOf(b)]));
    });

    check('filters must all hold', async ({ instances: [a, b], volume }) => {
      const VolumeId = { Name: 'volume-id', Values: [volume.VolumeId ?? ''] };
      expect(await volumes({ Filters: [attachedTo(a), VolumeId] })).toEqual([volume.VolumeId]);
      expect(await volumes({ Filters: [attachedTo(b), VolumeId] })).toEqual([]);
    });

    check('values can have wildcards', async ({ instances: [a], volume: { VolumeId = '' } }) => {
      const Filters = [attachedTo(a), { Name: 'volume-id', Values: [`vol-*${VolumeId.slice(-9)}`] }];
      expect(await volumes({ Filters })).toEqual([VolumeId]);
    });

    check('instances can be filtered by ID and state', async ({ instances: [a, b] }) => {
      const state = { Name: 'instance-state-name', Values: [a.State?.Name ?? ''] };
      const Values = [a.InstanceId ?? '', b.InstanceId ?? ''];
      const expected = [a, b].filter(({ State }) => State?.Name === a.State?.Name).map(({ InstanceId }) => InstanceId);
      expect(await instances({ Filters: [{ Name: 'instance-id', Values }, state] })).toEqual(sorted(expected));
    });

    check('instances can be filtered by volume', async ({ instances: [a], volume: { VolumeId = '' } }) => {
      const Filters = [{ Name: 'block-device-mapping.volume-id', Values: [VolumeId] }];
      expect(await instances({ Filters })).toEqual([a.InstanceId]);
    });

    check('resources can be listed by ID', async ({ instances: [a, b], volume: { VolumeId = '' } }) => {
      const InstanceIds = [a.InstanceId ?? '', b.InstanceId ?? ''];
      expect(await instances({ InstanceIds })).toEqual(sorted(InstanceIds));
      expect(await volumes({ VolumeIds: [VolumeId] })).toEqual([VolumeId]);
    });

    check('a volume has its attachment', async ({ instances: [{ InstanceId }], volume: { VolumeId = '', Size, CreateTime } }) => {
      const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
      const Attachments = [expect.objectContaining({ VolumeId, InstanceId, State: 'attached', AttachTime: expect.any(Date) })];
      expect(Volumes).toMatchObject([{ VolumeId, Size, CreateTime, State: 'in-use', Attachments }]);
    });

    check('nothing found is an empty answer', async () => {
      expect(await volumes({ Filters: [{ Name: 'attachment.instance-id', Values: ['i-0ffffffffffffffff'] }] })).toEqual([]);
    });

    check('pages of instances give each once', async () => {
      const ids = [];
      for await (const { Reservations = [] } of paginateDescribeInstances({ client, pageSize: 5 }, {})) {
        const page = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
        expect(page.length).toBeLessThanOrEqual(5);
        ids.push(...page);
        // An account may be large, and two pages show it.
        if (target.name === 'environment' && ids.length > 10) break;
      }
      expect(new Set(ids).size).toBe(ids.length);
      if (target.name !== 'environment') expect(sorted(ids)).toEqual(await instances({}));
    });

    check('page of volumes', async ({ instances: [a, b] }) => {
      const Filters = [attachedTo(a, b)];
      const ids = [];
      for await (const { Volumes = [] } of paginateDescribeVolumes({ client, pageSize: 5 }, { Filters })) {
        expect(Volumes.length).toBeLessThanOrEqual(5);
        ids.push(...Volumes.map(({ VolumeId }) => VolumeId));
      }
      expect(sorted(ids)).toEqual(await volumes({ Filters }));
      const { Volumes = [], NextToken } = await client.send(new DescribeVolumesCommand({ MaxResults: 5 }));
      expect(Volumes.length).toBeLessThanOrEqual(5);
      if (target.name === 'embedded') expect(NextToken).toBeDefined();
    });

    const errors: [string, string, (sample: Sample) => Promise<unknown>][] = [
      ['missing instance', 'InvalidInstanceID.NotFound', () => instances({ InstanceIds: ['i-0ffffffffffffffff'] })],
      ['missing volume', 'InvalidVolume.NotFound', () => volumes({ VolumeIds: ['vol-0ffffffffffffffff'] })],
      ['malformed ID', 'InvalidInstanceID.Malformed', () => instances({ InstanceIds: ['nonsense'] })],
      [
        'instance IDs with MaxResults',
        'InvalidParameterCombination',
        ({ instances: [{ InstanceId = '' }] }) => instances({ InstanceIds: [InstanceId], MaxResults: 5 }),
      ],
      [
        'volume IDs with MaxResults',
        'InvalidParameterCombination',
        ({ volume: { VolumeId = '' } }) => volumes({ VolumeIds: [VolumeId], MaxResults: 5 }),
      ],
      ['MaxResults below 5', 'InvalidParameterValue', () => instances({ MaxResults: 4 })],
      ['unknown filter', 'InvalidParameterValue', () => volumes({ Filters: [{ Name: 'nonsense', Values: ['x'] }] })],
      ['broken token', 'InvalidParameterValue', () => instances({ NextToken: 'nonsense' })],
      ['201 values', 'FilterLimitExceeded', () => volumes({ Filters: [{ Name: 'size', Values: Array(201).fill('8') }] })],
      ['dry run of DescribeInstances', 'DryRunOperation', () => instances({ DryRun: true })],
      ['dry run of DescribeVolumes', 'DryRunOperation', () => volumes({ DryRun: true })],
    ];
    for (const [name, code, call] of errors) {
      check(name, async (found) => {
        await expect(call(found)).rejects.toMatchObject({ name: code });
      });
    }
  });
});

function attachedTo(...instances: Instance[]): { Name: string; Values: string[] } {
  return { Name: 'attachment.instance-id', Values: instances.map(({ InstanceId = '' }) => InstanceId) };
}

function volumeIdsOf({ BlockDeviceMappings = [] }: Instance): string[] {
  return sorted(BlockDeviceMappings.map(({ Ebs }) => Ebs?.VolumeId));
}

function sorted(ids: readonly (string | undefined)[]): string[] {
  return ids.map((id = '') => id).sort();
}

/** Two instances that share no volume, and a volume of the first that has no other instance. */
async function findSample(client: EC2Client): Promise<Sample | undefined> {
  const Filters = [{ Name: 'attachment.status', Values: ['attached'] }];
  const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ Filters, MaxResults: 100 }));
  const own = Volumes.filter(({ Attachments = [] }) => Attachments.length === 1);
  const InstanceIds = [...new Set(own.map(({ Attachments = [] }) => Attachments[0]?.InstanceId ?? ''))].slice(0, 20);
  if (InstanceIds.length < 2) return undefined;
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ InstanceIds }));
  const candidates = Reservations.flatMap(({ Instances = [] }) => Instances);
  for (const a of candidates) {
    const ofA = volumeIdsOf(a);
    const b = candidates.find((other) => other !== a && !volumeIdsOf(other).some((id) => ofA.includes(id)));
    const volume = own.find(({ Attachments = [] }) => Attachments[0]?.InstanceId === a.InstanceId);
    if (b !== undefined && volume !== undefined) return { instances: [a, b], volume };
  }
  return undefined;
}

/** Six launches of one instance each, because moto counts reservations where EC2 counts instances; the first gets more volumes. */
async function createResources(client: EC2Client): Promise<void> {
  const Placement = { AvailabilityZone: 'us-east-1a' };
  const ids = [];
  for (let count = 0; count < 6; count++) {
    const launch = { ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', Placement } as const;
    const { Instances = [] } = await client.send(new RunInstancesCommand(launch));
    ids.push(Instances[0]?.InstanceId);
  }
  for (const Device of ['/dev/sdf', '/dev/sdg']) {
    const { VolumeId } = await client.send(new CreateVolumeCommand({ ...Placement, Size: 9, VolumeType: 'gp3' }));
    await client.send(new AttachVolumeCommand({ VolumeId, InstanceId: ids[0], Device }));
  }
}
