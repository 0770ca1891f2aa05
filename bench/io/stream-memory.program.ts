/** Drains a million items through one of two streams and prints how far RSS grew, in MB. */
import { strictEqual } from 'node:assert/strict';
import { createParallel } from 'lambda-parallel';
import { pMapIterable } from 'p-map';

const ITEM_COUNT = 1_000_000;
const CONCURRENCY = 64;
const SAMPLE_EVERY = 5_000;

function* keys(): Generator<string> {
  for (let index = 0; index < ITEM_COUNT; index += 1) yield `photos/2026/${index}.jpg`;
}

const length = async (key: string): Promise<number> => key.length;

using runtime = createParallel({ concurrency: CONCURRENCY }, { getRemainingTimeInMillis: () => 15 * 60_000 });
const streams: Record<string, () => AsyncIterable<unknown>> = {
  io: () => runtime.io.stream(keys(), length),
  'p-map': () => pMapIterable(keys(), length, { concurrency: CONCURRENCY }),
};
const stream = streams[process.argv[2] ?? ''];
if (stream === undefined)
  throw new RangeError(`Cannot measure "${process.argv[2]}": it must be one of ${Object.keys(streams).join(', ')}`);

const before = process.memoryUsage.rss();
let peak = before;
let doneCount = 0;
for await (const _ of stream()) {
  doneCount += 1;
  if (doneCount % SAMPLE_EVERY === 0) peak = Math.max(peak, process.memoryUsage.rss());
}
strictEqual(doneCount, ITEM_COUNT);
console.log((peak - before) / 1e6);
