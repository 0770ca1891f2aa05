/** Where to look, from the value that is taken when all are as good. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

const POINT_COUNT = 9;
const ROUND_COUNT = 40;
/** What is left of a range in the next round: enough that the best point of this one is never at its edge for long. */
const SHRINKAGE = 0.65;

/**
 * The point within bounds at which a function is smallest: a grid around the best point so far, finer each round. It takes no derivatives,
 * finds the same point each time, and does for the few parameters that a handful of measurements can tell.
 *
 * @param bounds - One per parameter.
 */
export function minimise(bounds: readonly Bounds[], error: (point: readonly number[]) => number): readonly number[] {
  let best: readonly number[] = bounds.map(({ from }) => from);
  let smallest = error(best);
  let ranges = bounds;
  for (let round = 0; round < ROUND_COUNT; round += 1) {
    for (const point of gridOf(ranges)) {
      const here = error(point);
      if (here < smallest) {
        smallest = here;
        best = point;
      }
    }
    ranges = ranges.map((range, index) => around(best[index] ?? 0, range, bounds[index] ?? range));
  }
  return best;
}

function* gridOf(ranges: readonly Bounds[]): Generator<readonly number[]> {
  const [range, ...others] = ranges;
  if (range === undefined) return yield [];
  for (let step = 0; step < POINT_COUNT; step += 1) {
    const value = range.from + ((range.to - range.from) * step) / (POINT_COUNT - 1);
    for (const rest of gridOf(others)) yield [value, ...rest];
  }
}

function around(value: number, { from, to }: Bounds, outer: Bounds): Bounds {
  const half = ((to - from) * SHRINKAGE) / 2;
  const [low, high] = [Math.min(outer.from, outer.to), Math.max(outer.from, outer.to)];
  const within = (edge: number): number => Math.min(high, Math.max(low, edge));
  return { from: within(value - half), to: within(value + half) };
}
