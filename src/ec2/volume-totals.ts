import type { EC2Client, Filter, Instance } from '@aws-sdk/client-ec2';
import type { Io } from '../io/io.ts';
import { noteThrottle } from '../io/note-throttle.ts';
import { assertIo, integer, onlyKnownKeys, shown } from '../validation.ts';
import { Ec2Calls } from './ec2-calls.ts';
import { ThrottlePatience } from './throttle-patience.ts';
import { chooseStrategy, VOLUME_STRATEGIES, type VolumeQuery, type VolumeStrategy, volumeQueries } from './volume-strategy.ts';
import { type InstanceVolumes, VolumeTally } from './volume-tally.ts';

/** Options of {@link volumeTotals}. An unknown key is an error. */
export interface VolumeTotalsOptions {
  /** @defaultValue `'auto'` */
  readonly strategy?: VolumeStrategy | undefined;
  /** Calls in flight at once. Integer >= 1. @defaultValue the runtime's `concurrency` */
  readonly concurrency?: number | undefined;
  /** Which instances, as in DescribeInstances. @defaultValue all that are not terminated */
  readonly filters?: readonly Filter[] | undefined;
  /** Ends the call: what has not been asked by then is missing, and said to be. */
  readonly signal?: AbortSignal | undefined;
}

/** Instances whose volumes are not, or not all, in the totals, and why. */
export interface MissingVolumes {
  readonly instanceIds: readonly string[];
  /** The error of the call, or why it was never made. */
  readonly reason: unknown;
}

export interface VolumeTotals {
  /** The one used: `'auto'` has become one of the others. */
  readonly strategy: Exclude<VolumeStrategy, 'auto'>;
  /** Each volume once, also where it is attached to several instances. */
  readonly totalGib: number;
  readonly volumeCount: number;
  readonly instanceCount: number;
  /** In the order of DescribeInstances, those without a volume included. */
  readonly instances: readonly InstanceVolumes[];
  /** Requests sent, repeats included, as EC2 counts them. */
  readonly apiCallCount: number;
  /** Those that EC2 refused because of the rate, and that were sent again. */
  readonly throttledCallCount: number;
  /** Whether every instance has been asked about. If not, the totals are too low, and `missing` says by whom. */
  readonly isComplete: boolean;
  readonly missing: readonly MissingVolumes[];
}

const NOT_TERMINATED: Filter = {
  Name: 'instance-state-name',
  Values: ['pending', 'running', 'shutting-down', 'stopping', 'stopped'],
};

/**
 * Adds up the EBS volumes of all instances of the client's account and region, following every page.
 *
 * When EC2 throttles, all calls slow down together and go on until the deadline; nothing is lost. Non-throttling errors are
 * retried as the client is configured.
 *
 * @throws {ServiceCallError} If the instances cannot be listed, or every volume call failed.
 * @throws {DeadlineExceededError} If the deadline comes while the instances are listed; later it ends in a result, with `missing`.
 * @throws The reason of `options.signal`, in the same way.
 * @throws {TypeError | RangeError} For a wrong option, before anything is called.
 */
export async function volumeTotals(client: EC2Client, io: Io, options: VolumeTotalsOptions = {}): Promise<VolumeTotals> {
  assertIo('volumeTotals', io);
  const { strategy, filters, ioOptions } = resolve(client, options);
  const patience = new ThrottlePatience(() => noteThrottle(io));
  const calls = new Ec2Calls(client, patience);
  const [instances = []] = await io.map(
    [filters ?? [NOT_TERMINATED]],
    (wanted, { signal }) => collect(calls.instances(wanted, signal)),
    {
      ...ioOptions,
      concurrency: 1,
    },
  );
  const used = strategy === 'auto' ? chooseStrategy(instances, filters === undefined) : strategy;
  const instanceIds = instances.flatMap(({ InstanceId: instanceId }) => instanceId ?? []);
  const queries = volumeQueries(used, instanceIds);
  const tally = new VolumeTally(instanceIds);
  const result = await io.mapSettled(
    queries,
    async (query, { signal }) => {
      for await (const volume of calls.volumes(subjectOf(query), query.filters, signal)) tally.add(volume);
    },
    ioOptions,
  );
  const missing = result.outcomes.flatMap((outcome): MissingVolumes[] => {
    if (outcome.status === 'fulfilled') return [];
    return [{ instanceIds: queries[outcome.index]?.instanceIds ?? [], reason: outcome.reason }];
  });
  const [failed] = result.rejected;
  // After a deadline or an abort even nothing is a result: it says who is missing.
  if (failed !== undefined && result.fulfilledCount === 0 && result.completionReason === 'all-settled') throw failed.reason;
  return {
    strategy: used,
    totalGib: tally.totalGib,
    volumeCount: tally.volumeCount,
    instanceCount: instanceIds.length,
    instances: tally.instances,
    apiCallCount: patience.apiCallCount,
    throttledCallCount: patience.throttledCallCount,
    isComplete: missing.length === 0,
    missing,
  };
}

function resolve(client: EC2Client, options: VolumeTotalsOptions) {
  if (typeof client?.send !== 'function') {
    throw new TypeError(`Cannot add up volumes as the client must be an EC2Client: ${shown(client)}`);
  }
  onlyKnownKeys('volumeTotals', options, ['strategy', 'concurrency', 'filters', 'signal']);
  const { strategy = 'auto', filters, ...ioOptions } = options;
  if (!VOLUME_STRATEGIES.includes(strategy)) {
    throw new TypeError(`Cannot use strategy as it must be one of ${VOLUME_STRATEGIES.join(', ')}: ${JSON.stringify(strategy)}`);
  }
  if (filters !== undefined && !Array.isArray(filters)) {
    throw new TypeError(`Cannot use filters as they must be an array, as in DescribeInstances: ${JSON.stringify(filters)}`);
  }
  // The listing runs first and with a concurrency of its own, so the engine would look at this one too late.
  if (ioOptions.concurrency !== undefined) integer('concurrency', ioOptions.concurrency, 1);
  return { strategy, filters, ioOptions };
}

async function collect(instances: AsyncIterable<Instance>): Promise<Instance[]> {
  const collected: Instance[] = [];
  for await (const instance of instances) collected.push(instance);
  return collected;
}

function subjectOf({ instanceIds }: VolumeQuery): string {
  const [first = 'no instance'] = instanceIds;
  return instanceIds.length === 1 ? first : `${instanceIds.length} instances from ${first} on`;
}
