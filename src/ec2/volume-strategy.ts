import type { Filter, Instance } from '@aws-sdk/client-ec2';

/**
 * How the volumes of the instances are asked for:
 * - `per-instance`: one call for each instance;
 * - `batched`: one call for 200 instances, and its pages;
 * - `scan`: the pages of all attached volumes of the account and region, one after the other;
 * - `auto`: `scan` or `batched`, whichever ends sooner for this fleet.
 */
export type VolumeStrategy = 'auto' | 'per-instance' | 'batched' | 'scan';

export const VOLUME_STRATEGIES: readonly VolumeStrategy[] = ['auto', 'per-instance', 'batched', 'scan'];

/** One chain of pages, and the instances that go without an answer if it breaks. */
export interface VolumeQuery {
  readonly filters: readonly Filter[];
  readonly instanceIds: readonly string[];
}

/** "Maximum of 200 values per filter", else `FilterLimitExceeded`: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
const MAX_FILTER_VALUES = 200;

/** Pages of a scan come one after the other, so beyond a few of them batches, which overlap, end sooner. */
const MAX_SCAN_VOLUMES = 4 * 500;

/** @param isWholeAccount - Whether the instances are all there are: only then a scan reads nothing in vain. */
export function chooseStrategy(instances: readonly Instance[], isWholeAccount: boolean): Exclude<VolumeStrategy, 'auto'> {
  let attachedCount = 0;
  for (const { BlockDeviceMappings: mappings = [] } of instances) attachedCount += mappings.length;
  return isWholeAccount && attachedCount <= MAX_SCAN_VOLUMES ? 'scan' : 'batched';
}

export function volumeQueries(strategy: Exclude<VolumeStrategy, 'auto'>, instanceIds: readonly string[]): VolumeQuery[] {
  if (instanceIds.length === 0) return [];
  if (strategy === 'scan') {
    const filters = [{ Name: 'attachment.status', Values: ['attaching', 'attached', 'detaching', 'busy'] }];
    return [{ filters, instanceIds }];
  }
  const size = strategy === 'batched' ? MAX_FILTER_VALUES : 1;
  return Array.from({ length: Math.ceil(instanceIds.length / size) }, (_, index) => {
    const batch = instanceIds.slice(index * size, (index + 1) * size);
    return { filters: [{ Name: 'attachment.instance-id', Values: batch }], instanceIds: batch };
  });
}
