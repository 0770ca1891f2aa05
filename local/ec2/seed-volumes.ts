import type { Attachment, Instance, Volume, VolumeType } from './model.ts';
import type { SeededRandom } from './random.ts';
import { INSTANCE_STORE_SHARE } from './seed-instances.ts';
import { resourceId, someTime, teamTags } from './seed-values.ts';

/** Nitro instances take 28 attachments, the network interface included: https://docs.aws.amazon.com/ebs/latest/userguide/volume_limits.html */
const MAX_VOLUMES_PER_INSTANCE = 27;
/** https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes-multi.html */
const MAX_INSTANCES_PER_VOLUME = 16;

const ROOT_SIZES_GIB = [8, 8, 16, 20, 30, 50] as const;
const DATA_SIZES_GIB = [10, 20, 50, 100, 100, 200, 250, 500, 1000, 2000] as const;
/** st1 and sc1 begin at 125 GiB. */
const HDD_SIZES_GIB = [125, 250, 500, 1000, 2000] as const;
/** As often as they are named. */
const DATA_TYPES: readonly VolumeType[] = ['gp3', 'gp3', 'gp3', 'gp3', 'gp2', 'gp2', 'io1', 'io2', 'st1', 'sc1'];

/** The root device and the data volumes of one instance: mostly few, sometimes many. */
export function seedDataVolumes(random: SeededRandom, instance: Instance, volumesPerInstance: number): Volume[] {
  const { instanceId, availabilityZone, rootDeviceName, rootDeviceType, launchTime, tags } = instance;
  if (rootDeviceType === 'instance-store') return [];
  const launchedMs = Date.parse(launchTime);
  const meanDataVolumes = volumesPerInstance / (1 - INSTANCE_STORE_SHARE) - 1;
  const dataCount = Math.min(random.geometric(meanDataVolumes), MAX_VOLUMES_PER_INSTANCE - 1);
  const base = { availabilityZone, tags };
  const root = attachment(instanceId, rootDeviceName, launchedMs, true);
  const volumes = [seedVolume(random, { ...base, volumeType: 'gp3', createdMs: launchedMs, isRoot: true, attachments: [root] })];
  for (let index = 0; index < dataCount; index++) {
    const createdMs = launchedMs + random.integer(0, 86_400) * 1000;
    const attachments = [attachment(instanceId, dataDevice(index), createdMs, random.chance(0.3))];
    volumes.push(seedVolume(random, { ...base, volumeType: random.pick(DATA_TYPES), createdMs, attachments }));
  }
  return volumes;
}

/** io2 with Multi-Attach. The instances of such a volume must be in its zone. */
export function seedSharedVolumes(random: SeededRandom, instances: readonly Instance[], count: number): Volume[] {
  const byZone = Map.groupBy(instances, ({ availabilityZone }) => availabilityZone);
  const groups = [...byZone].filter(([, group]) => group.length >= 2);
  return Array.from({ length: count }, (_, index) => {
    const [availabilityZone, group] = random.pick(groups);
    const attachedCount = random.integer(2, Math.min(MAX_INSTANCES_PER_VOLUME, group.length));
    const start = random.integer(0, group.length - attachedCount);
    const createdMs = someTime(random);
    const attachments = group
      .slice(start, start + attachedCount)
      .map(({ instanceId }) => attachment(instanceId, sharedDevice(index), createdMs, false));
    const tags = teamTags(random, 'shared');
    return seedVolume(random, { availabilityZone, tags, volumeType: 'io2', createdMs, attachments, isShared: true });
  });
}

export function seedUnattachedVolumes(random: SeededRandom, zones: readonly string[], count: number): Volume[] {
  return Array.from({ length: count }, () =>
    seedVolume(random, {
      availabilityZone: random.pick(zones),
      tags: teamTags(random, 'unused'),
      volumeType: random.pick(DATA_TYPES),
      createdMs: someTime(random),
      attachments: [],
    }),
  );
}

interface Wanted extends Pick<Volume, 'availabilityZone' | 'tags' | 'volumeType' | 'attachments'> {
  readonly createdMs: number;
  readonly isRoot?: boolean;
  readonly isShared?: boolean;
}

function seedVolume(random: SeededRandom, { createdMs, isRoot = false, isShared = false, ...wanted }: Wanted): Volume {
  const { volumeType, attachments } = wanted;
  const isHdd = volumeType === 'st1' || volumeType === 'sc1';
  return {
    volumeId: resourceId(random, 'vol'),
    sizeGib: random.pick<number>(isRoot ? ROOT_SIZES_GIB : isHdd ? HDD_SIZES_GIB : DATA_SIZES_GIB),
    ...wanted,
    ...(isHdd ? {} : { iops: 3000 }),
    ...(volumeType === 'gp3' ? { throughput: 125 } : {}),
    state: attachments.length > 0 ? 'in-use' : 'available',
    createTime: new Date(createdMs).toISOString(),
    encrypted: random.chance(0.7),
    snapshotId: isRoot ? resourceId(random, 'snap') : '',
    multiAttachEnabled: isShared,
  };
}

function attachment(instanceId: string, device: string, attachedMs: number, deleteOnTermination: boolean): Attachment {
  return { instanceId, device, state: 'attached', attachTime: new Date(attachedMs).toISOString(), deleteOnTermination };
}

/** `/dev/sdf` to `/dev/sdp`, then `/dev/xvdba` on: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html */
function dataDevice(index: number): string {
  return index < 11 ? `/dev/sd${letter('f', index)}` : `/dev/xvdb${letter('a', index - 11)}`;
}

/** Apart from the data devices, and the same on every instance of the volume. */
function sharedDevice(index: number): string {
  return `/dev/xvd${letter('c', Math.floor(index / 26) % 24)}${letter('a', index % 26)}`;
}

function letter(first: string, offset: number): string {
  return String.fromCharCode(first.charCodeAt(0) + offset);
}
