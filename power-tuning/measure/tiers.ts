import { availableParallelism } from 'node:os';
import { vcpuShare } from 'lambda-parallel';
import type { Setting } from '../tuning.ts';

export interface SplitSettings {
  /** This machine has the cores for them. */
  readonly measurable: readonly Setting[];
  /** To be modelled from the others. */
  readonly beyond: readonly Setting[];
}

/** Tells the settings that can be measured here from those that buy more vCPUs than this machine has cores. */
export function splitByCores(settings: readonly Setting[], coreCount: number = availableParallelism()): SplitSettings {
  const fits = ({ memoryMb }: Setting): boolean => Math.ceil(vcpuShare(memoryMb)) <= coreCount;
  return { measurable: settings.filter(fits), beyond: settings.filter((setting) => !fits(setting)) };
}

/**
 * Invocations that this machine can give all the CPU time that their memory setting buys, at the same time. On AWS each has a machine of
 * its own, so to run more than that at once would measure something else.
 */
export function invocationsAtOnce(memoryMb: number, coreCount: number = availableParallelism()): number {
  return Math.max(1, Math.floor(coreCount / vcpuShare(memoryMb)));
}
