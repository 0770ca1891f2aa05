/**
 * The smallest value that at least `percent` of all values do not exceed (nearest rank): always one that was measured.
 *
 * @param values - In any order, at least one.
 * @param percent - Above 0, to 100.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  // Multiplied first: 0.95 * 20 is above 19 by a rounding error, and would be the 20th.
  const rank = Math.ceil((percent * sorted.length) / 100);
  const value = sorted[Math.max(rank, 1) - 1];
  if (value === undefined)
    throw new RangeError(`Cannot tell percentile ${percent} of ${sorted.length} values; give at least one`);
  return value;
}
