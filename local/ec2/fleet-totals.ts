import type { Fleet } from './model.ts';

export interface FleetTotals {
  readonly instanceCount: number;
  readonly stoppedInstanceCount: number;
  readonly volumeCount: number;
  readonly attachedVolumeCount: number;
  readonly unattachedVolumeCount: number;
  readonly multiAttachVolumeCount: number;
  /** Each attached volume once, however many instances share it. */
  readonly attachedGib: number;
  readonly unattachedGib: number;
  /** Every instance has an entry. A shared volume counts in full for each of its instances, so the sum exceeds `attachedGib`. */
  readonly gibByInstance: ReadonlyMap<string, number>;
  readonly volumeCountByInstance: ReadonlyMap<string, number>;
}

/** The truth about a fleet, counted from its data and not through the API: what a test compares the API's answers with. */
export function fleetTotals({ instances, volumes }: Fleet): FleetTotals {
  const gibByInstance = new Map(instances.map(({ instanceId }) => [instanceId, 0]));
  const volumeCountByInstance = new Map(gibByInstance);
  let [attachedVolumeCount, attachedGib, unattachedGib, multiAttachVolumeCount] = [0, 0, 0, 0];
  for (const { attachments, sizeGib } of volumes) {
    if (attachments.length === 0) unattachedGib += sizeGib;
    else {
      attachedGib += sizeGib;
      attachedVolumeCount++;
    }
    if (attachments.length > 1) multiAttachVolumeCount++;
    for (const { instanceId } of attachments) {
      gibByInstance.set(instanceId, (gibByInstance.get(instanceId) ?? 0) + sizeGib);
      volumeCountByInstance.set(instanceId, (volumeCountByInstance.get(instanceId) ?? 0) + 1);
    }
  }
  return {
    instanceCount: instances.length,
    stoppedInstanceCount: instances.filter(({ state }) => state === 'stopped').length,
    volumeCount: volumes.length,
    attachedVolumeCount,
    unattachedVolumeCount: volumes.length - attachedVolumeCount,
    multiAttachVolumeCount,
    attachedGib,
    unattachedGib,
    gibByInstance,
    volumeCountByInstance,
  };
}
