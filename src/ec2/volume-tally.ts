import type { Volume } from '@aws-sdk/client-ec2';

/** What one instance holds. */
export interface InstanceVolumes {
  readonly instanceId: string;
  /** Sum of the sizes of its volumes, in GiB. A volume attached to two instances is in the sum of both. */
  readonly gib: number;
  readonly volumeCount: number;
}

/** Adds volumes up, each once, however many answers it comes in. */
export class VolumeTally {
  readonly #volumeGib = new Map<string, number>();
  readonly #volumesOf: Map<string, Set<string>>;

  /** @param instanceIds - The instances that count: an attachment to another one is not theirs. */
  constructor(instanceIds: readonly string[]) {
    this.#volumesOf = new Map(instanceIds.map((instanceId) => [instanceId, new Set()]));
  }

  add({ VolumeId: volumeId, Size: gib = 0, Attachments: attachments = [] }: Volume): void {
    if (volumeId === undefined) return;
    for (const { InstanceId: instanceId = '', State: state } of attachments) {
      if (state === 'detached') continue;
      const volumes = this.#volumesOf.get(instanceId);
      if (volumes === undefined) continue;
      volumes.add(volumeId);
      this.#volumeGib.set(volumeId, gib);
    }
  }

  /** Each volume once: one that is attached to several instances is paid for once. */
  get totalGib(): number {
    return sum(this.#volumeGib.values());
  }

  get volumeCount(): number {
    return this.#volumeGib.size;
  }

  get instances(): InstanceVolumes[] {
    return [...this.#volumesOf].map(([instanceId, volumes]) => ({
      instanceId,
      gib: sum([...volumes].map((volumeId) => this.#volumeGib.get(volumeId) ?? 0)),
      volumeCount: volumes.size,
    }));
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
