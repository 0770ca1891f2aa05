import type { Instance, Tags } from './model.ts';
import type { SeededRandom } from './random.ts';
import { resourceId, someTime, teamTags } from './seed-values.ts';

const TYPES = ['t3.micro', 't3.large', 'm5.large', 'm6i.xlarge', 'c6i.2xlarge', 'r6i.xlarge', 'm7g.large', 'c7g.xlarge'] as const;

/** Share of instances without any EBS volume, so that a program meets the empty answer. */
export const INSTANCE_STORE_SHARE = 0.05;

interface Shape {
  readonly region: string;
  readonly instanceCount: number;
  readonly volumesPerInstance: number;
  readonly stoppedShare: number;
}

/** What the instances of one RunInstances call have in common. */
interface Launch {
  readonly reservationId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly launchTime: string;
  readonly tags: Tags;
  readonly instanceCount: number;
}

export function seedInstances(random: SeededRandom, shape: Shape): Instance[] {
  const { region, instanceCount, volumesPerInstance, stoppedShare } = shape;
  const network = { vpcId: resourceId(random, 'vpc'), securityGroupId: resourceId(random, 'sg') };
  const images = { x86_64: resourceId(random, 'ami'), arm64: resourceId(random, 'ami') };
  // Two instances per zone or more on average, so that some zone has two for a shared volume.
  const zoneCount = Math.min(3, Math.max(1, Math.floor(instanceCount / 2)));
  const zones = ['a', 'b', 'c'].slice(0, zoneCount).map((letter) => ({
    availabilityZone: `${region}${letter}`,
    subnetId: resourceId(random, 'subnet'),
  }));
  const withEbs = Math.min(1 - INSTANCE_STORE_SHARE, volumesPerInstance);

  const instances: Instance[] = [];
  while (instances.length < instanceCount) {
    const launch = seedLaunch(random, zones, instances.length);
    const architecture = /^[a-z]\dg/.test(launch.instanceType) ? 'arm64' : 'x86_64';
    const { reservationId, instanceType, availabilityZone, subnetId, launchTime, tags } = launch;
    for (let count = 0; count < launch.instanceCount && instances.length < instanceCount; count++) {
      const hasEbs = random.chance(withEbs);
      instances.push({
        instanceId: resourceId(random, 'i'),
        reservationId,
        // Only an instance with an EBS root can be stopped; the share is of all instances, so these are stopped more often.
        state: hasEbs && random.chance(stoppedShare / withEbs) ? 'stopped' : 'running',
        instanceType,
        architecture,
        imageId: images[architecture],
        keyName: 'operations',
        availabilityZone,
        vpcId: network.vpcId,
        subnetId,
        securityGroups: [{ groupId: network.securityGroupId, groupName: 'default' }],
        privateIpAddress: privateAddress(instances.length),
        launchTime,
        rootDeviceName: instanceType.startsWith('t3') ? '/dev/xvda' : '/dev/sda1',
        rootDeviceType: hasEbs ? 'ebs' : 'instance-store',
        tags,
      });
    }
  }
  return instances;
}

function seedLaunch(
  random: SeededRandom,
  zones: readonly { availabilityZone: string; subnetId: string }[],
  index: number,
): Launch {
  return {
    reservationId: resourceId(random, 'r'),
    instanceType: random.pick(TYPES),
    ...random.pick(zones),
    launchTime: new Date(someTime(random)).toISOString(),
    tags: teamTags(random, `app-${String(index).padStart(5, '0')}`),
    // One launch in eight is of several instances: code that reads only Reservations[n].Instances[0] must not pass by luck.
    instanceCount: random.chance(1 / 8) ? random.integer(2, 6) : 1,
  };
}

/** The first four addresses of a subnet are AWS's own. */
function privateAddress(index: number): string {
  const address = index + 4;
  return `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
}
