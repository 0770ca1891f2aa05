export type { VolumeStrategy } from './volume-strategy.ts';
export type { InstanceVolumes } from './volume-tally.ts';
export { type MissingVolumes, type VolumeTotals, type VolumeTotalsOptions, volumeTotals } from './volume-totals.ts';
