import { defineWorker } from 'lambda-parallel';

const record = { item: 0 };
const scratch = new Uint8Array(8);

export interface Reuse {
  readonly what: 'record' | 'part of a buffer';
  readonly item: number;
}

/** Keeps one object for all its results, as code does that is careful with memory. */
export default defineWorker(({ what, item }: Reuse): unknown => {
  if (what === 'record') {
    record.item = item;
    return record;
  }
  scratch.fill(item);
  return scratch.subarray(0, 2);
});
