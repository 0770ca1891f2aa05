import { ServiceError } from '../endpoint/service.ts';
import type { Fleet, Instance, InstanceState } from './model.ts';
import type { ResourceKind, ResourceTable } from './resource-kind.ts';
import { indexBy } from './table-index.ts';

/** An instance and what is attached to it. */
export interface FleetInstance extends Instance {
  readonly ownerId: string;
  readonly blockDevices: readonly BlockDevice[];
}

interface BlockDevice {
  readonly volumeId: string;
  readonly device: string;
  readonly status: string;
  readonly attachTime: string;
  readonly deleteOnTermination: boolean;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
export const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

const INSTANCE_KIND: ResourceKind<FleetInstance> = {
  idName: 'InstanceId',
  idSetName: 'instancesSet',
  maxResults: { most: 1000, isClamped: false },
  tagsOf: ({ tags }) => tags,
  assertWellFormed(id) {
    const malformed = (hint: string) => new ServiceError(400, 'InvalidInstanceID.Malformed', `Invalid id: "${id}"${hint}`);
    if (!id.startsWith('i-')) throw malformed(' (expecting "i-...")');
    if (!/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) throw malformed('');
  },
  notFound([first = '', ...others]) {
    const message =
      others.length === 0
        ? `The instance ID '${first}' does not exist`
        : `The instance IDs '${[first, ...others].join(', ')}' do not exist`;
    return new ServiceError(400, 'InvalidInstanceID.NotFound', message);
  },
  filters: {
    architecture: ({ architecture }) => architecture,
    'availability-zone': ({ availabilityZone }) => availabilityZone,
    'block-device-mapping.attach-time': ({ blockDevices }) => blockDevices.map(({ attachTime }) => attachTime),
    'block-device-mapping.delete-on-termination': ({ blockDevices }) =>
      blockDevices.map(({ deleteOnTermination }) => String(deleteOnTermination)),
    'block-device-mapping.device-name': ({ blockDevices }) => blockDevices.map(({ device }) => device),
    'block-device-mapping.status': ({ blockDevices }) => blockDevices.map(({ status }) => status),
    'block-device-mapping.volume-id': ({ blockDevices }) => blockDevices.map(({ volumeId }) => volumeId),
    'image-id': ({ imageId }) => imageId,
    'instance-id': ({ instanceId }) => instanceId,
    'instance-state-code': ({ state }) => String(STATE_CODES[state]),
    'instance-state-name': ({ state }) => state,
    'instance-type': ({ instanceType }) => instanceType,
    'instance.group-id': ({ securityGroups }) => securityGroups.map(({ groupId }) => groupId),
    'instance.group-name': ({ securityGroups }) => securityGroups.map(({ groupName }) => groupName),
    'ip-address': ({ publicIpAddress }) => publicIpAddress,
    'key-name': ({ keyName }) => keyName,
    'launch-time': ({ launchTime }) => launchTime,
    'owner-id': ({ ownerId }) => ownerId,
    'private-dns-name': (instance) => privateDnsName(instance),
    'private-ip-address': ({ privateIpAddress }) => privateIpAddress,
    'reservation-id': ({ reservationId }) => reservationId,
    'root-device-name': ({ rootDeviceName }) => rootDeviceName,
    'root-device-type': ({ rootDeviceType }) => rootDeviceType,
    'subnet-id': ({ subnetId }) => subnetId,
    'vpc-id': ({ vpcId }) => vpcId,
  },
};

export function instanceTable({ instances, volumes, ownerId }: Fleet): ResourceTable<FleetInstance> {
  const blockDevices = new Map<string, BlockDevice[]>(instances.map(({ instanceId }) => [instanceId, []]));
  for (const { volumeId, attachments } of volumes) {
    for (const { instanceId, device, state, attachTime, deleteOnTermination } of attachments) {
      const status = state === 'busy' ? 'attached' : state;
      const devices = blockDevices.get(instanceId);
      if (devices === undefined)
        throw new TypeError(`Cannot use the fleet: its volume ${volumeId} is attached to ${instanceId}, which it does not have`);
      devices.push({ volumeId, device, status, attachTime, deleteOnTermination });
    }
  }
  const resources = instances.map((instance) => ({
    ...instance,
    ownerId,
    blockDevices: blockDevices.get(instance.instanceId) ?? [],
  }));
  const byId = indexBy(resources, ({ instanceId }) => [instanceId]);
  const byVolume = indexBy(resources, (instance) => instance.blockDevices.map(({ volumeId }) => volumeId));
  return { kind: INSTANCE_KIND, resources, byId, indexes: { 'instance-id': byId, 'block-device-mapping.volume-id': byVolume } };
}

export function privateDnsName({ privateIpAddress, availabilityZone }: Instance): string {
  // us-east-1 alone has a domain without its name: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
  const region = availabilityZone.replace(/[a-z]$/, '');
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${privateIpAddress.replaceAll('.', '-')}.${domain}`;
}
