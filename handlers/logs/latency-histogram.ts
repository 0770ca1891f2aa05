/**
 * Latencies counted in buckets, so that the histograms of many batches add up to the one of them all, and a percentile is at most
 * 2 % off. Averages of percentiles are no percentiles.
 */
export type LatencyHistogram = Uint32Array;

const RELATIVE_ERROR = 0.02;
/** From the lower end of a bucket to its upper one. */
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
/** Upper end of the first bucket. */
const FIRST_MS = 0.1;
/** An hour; the last bucket takes what is longer. */
const LAST_MS = 3_600_000;
const LOG_GROWTH = Math.log(GROWTH);
const BUCKET_COUNT = Math.ceil(Math.log(LAST_MS / FIRST_MS) / LOG_GROWTH) + 1;

export function emptyHistogram(): LatencyHistogram {
  return new Uint32Array(BUCKET_COUNT);
}

/** @param ms - 0 or more. */
export function record(histogram: LatencyHistogram, ms: number): void {
  const bucket = ms <= FIRST_MS ? 0 : Math.min(BUCKET_COUNT - 1, Math.ceil(Math.log(ms / FIRST_MS) / LOG_GROWTH));
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

export function addHistogram(into: LatencyHistogram, other: LatencyHistogram): void {
  for (let bucket = 0; bucket < BUCKET_COUNT; bucket += 1) into[bucket] = (into[bucket] ?? 0) + (other[bucket] ?? 0);
}

/**
 * @param share - 0.95 for the latency that 95 % of all are not above.
 * @returns In ms, three significant digits. 0 for an empty histogram.
 */
export function percentileMs(histogram: LatencyHistogram, share: number): number {
  const count = histogram.reduce((sum, inBucket) => sum + inBucket, 0);
  let left = Math.ceil(share * count);
  let bucket = 0;
  for (; bucket < BUCKET_COUNT - 1; bucket += 1) {
    left -= histogram[bucket] ?? 0;
    if (left <= 0) break;
  }
  if (count === 0) return 0;
  // Where both ends of the bucket are equally far, in percent.
  const middleMs = (FIRST_MS * GROWTH ** bucket * 2) / (GROWTH + 1);
  return Number(middleMs.toPrecision(3));
}
