import type { Fleet } from './model.ts';
import { SeededRandom } from './random.ts';
import { seedInstances } from './seed-instances.ts';
import { seedDataVolumes, seedSharedVolumes, seedUnattachedVolumes } from './seed-volumes.ts';

export interface FleetOptions {
  /** @defaultValue 100 */
  readonly instanceCount?: number;
  /** Mean, root device included. At least one instance in twenty has none (instance store), a few have up to 27. @defaultValue 3 */
  readonly volumesPerInstance?: number;
  /** Volumes attached to nothing, beside those above. @defaultValue a tenth of `instanceCount` */
  readonly unattachedVolumeCount?: number;
  /** io2 volumes attached to 2 to 16 instances of one zone, beside those above. @defaultValue 0 */
  readonly multiAttachVolumeCount?: number;
  /** Share of the instances that is stopped, 0 to 1. A stopped instance keeps its volumes. @defaultValue 0.1 */
  readonly stoppedShare?: number;
  /** Calls signed for another region see an account without instances. @defaultValue 'us-east-1' */
  readonly region?: string;
  /** Same seed and options, same fleet, down to every ID. @defaultValue 1 */
  readonly seed?: number;
}

/** The account that AWS uses in its own examples. */
const OWNER_ID = '123456789012';

/**
 * A fleet to try and measure programs with: realistic, but made from a seed, so that a test knows what to expect of it
 * (see `fleetTotals`). 20,000 instances with 60,000 volumes take about a third of a second.
 *
 * @throws {RangeError} If an option is out of its range.
 */
export function createFleet(options: FleetOptions = {}): Fleet {
  const { region, seed, ...shape } = resolve(options);
  const random = new SeededRandom(seed);
  const instances = seedInstances(random, { region, ...shape });
  const zones = [...new Set(instances.map(({ availabilityZone }) => availabilityZone))];
  const volumes = [
    ...instances.flatMap((instance) => seedDataVolumes(random, instance, shape.volumesPerInstance)),
    ...seedSharedVolumes(random, instances, shape.multiAttachVolumeCount),
    ...seedUnattachedVolumes(random, [`${region}a`, ...zones], shape.unattachedVolumeCount),
  ];
  return { region, ownerId: OWNER_ID, instances, volumes };
}

function resolve({
  instanceCount = 100,
  volumesPerInstance = 3,
  unattachedVolumeCount = Math.round(instanceCount / 10),
  multiAttachVolumeCount = 0,
  stoppedShare = 0.1,
  region = 'us-east-1',
  seed = 1,
  ...unknown
}: FleetOptions): Required<FleetOptions> {
  for (const key of Object.keys(unknown)) throw new TypeError(`Cannot create a fleet: the option "${key}" is unknown`);
  for (const [name, value] of Object.entries({ instanceCount, unattachedVolumeCount, multiAttachVolumeCount, seed })) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`Cannot create a fleet: ${name} must be an integer >= 0: ${value}`);
  }
  if (!(volumesPerInstance >= 0 && volumesPerInstance <= 15))
    throw new RangeError(`Cannot create a fleet: volumesPerInstance must be from 0 to 15: ${volumesPerInstance}`);
  if (!(stoppedShare >= 0 && stoppedShare <= 1))
    throw new RangeError(`Cannot create a fleet: stoppedShare must be from 0 to 1: ${stoppedShare}`);
  if (multiAttachVolumeCount > 0 && instanceCount < 2)
    throw new RangeError(`Cannot create a fleet: multiAttachVolumeCount needs an instanceCount of at least 2: ${instanceCount}`);
  return {
    instanceCount,
    volumesPerInstance,
    unattachedVolumeCount,
    multiAttachVolumeCount,
    stoppedShare,
    region,
    seed,
  };
}
