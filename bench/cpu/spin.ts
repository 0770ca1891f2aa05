/**
 * What an item of the benchmarks does: integer arithmetic in a chain, which no compiler shortens and no cache disturbs. A plain
 * loop, as people write it: an engine whose own loop V8 compiles together with the item's makes it several times slower.
 */
export function spin(iterations: number): number {
  let state = iterations;
  for (let done = 0; done < iterations; done += 1) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  return state;
}
