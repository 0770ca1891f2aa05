/**
 * Where the middle of `count` sorted values begins and ends when a share of them is left out at either end, rounded down.
 *
 * @param share - From 0 to 0.4, so something is always left.
 */
export function trimmedRange(count: number, share: number): readonly [start: number, end: number] {
  const discarded = Math.trunc(count * share);
  return [discarded, count - discarded];
}

/** Mean of what is left without the smallest and the largest values; of no values it is 0, as the state machine has it. */
export function trimmedMean(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return mean(sorted.slice(...trimmedRange(sorted.length, share)));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
