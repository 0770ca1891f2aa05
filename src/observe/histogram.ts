/** Of what is reported, in either direction. */
const RELATIVE_ERROR = 0.02;

/** Each bucket ends this many times later than the one before: its middle is then never further off than the error. */
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);

/** What is shorter is reported as 0. */
const SHORTEST_MS = 0.001;

/** Lambda's longest timeout. What is longer is reported as this. */
const LONGEST_MS = 900_000;

/** The first bucket is for what is shorter than all others. */
const bucketOf = (ms: number): number => (ms < SHORTEST_MS ? 0 : 1 + Math.ceil(Math.log(ms / SHORTEST_MS) / Math.log(GROWTH)));

const LAST_BUCKET = bucketOf(LONGEST_MS);

/**
 * Durations in 2 KB, however many there are: in buckets of equal ratio, as DDSketch has them (Masson, Rim and Lee, 2019), from 1 µs
 * to 15 minutes. A percentile is off by 2 % at most.
 */
export class Histogram {
  readonly #counts = new Uint32Array(LAST_BUCKET + 1);
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** @param ms - Below 0 where two clocks disagree: counts as 0. */
  add(ms: number, count = 1): void {
    const bucket = Math.min(bucketOf(ms), LAST_BUCKET);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    this.#count += count;
  }

  /**
   * The smallest duration that so many percent of all do not exceed (nearest rank), in ms.
   *
   * @param percent - Above 0, up to 100. Of an empty histogram there is none: `NaN`.
   */
  percentile(percent: number): number {
    let leftCount = Math.ceil((percent / 100) * this.#count);
    for (const [bucket, count] of this.#counts.entries()) {
      leftCount -= count;
      if (count > 0 && leftCount <= 0) return bucket === 0 ? 0 : middleOf(bucket);
    }
    return Number.NaN;
  }
}

/** Where the error is the same at both ends. */
function middleOf(bucket: number): number {
  return (SHORTEST_MS * GROWTH ** (bucket - 1) * 2) / (GROWTH + 1);
}
