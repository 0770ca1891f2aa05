/** Throws the random points of one shard of a Monte Carlo estimate of π. */
import { defineWorker } from 'lambda-parallel';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One part of the points. How many of them hit depends on nothing else: on no other shard and no thread. */
export interface Shard {
  /** The same for all shards of an estimate. */
  readonly seed: number;
  /** From 0. */
  readonly shard: number;
  readonly samples: number;
}

/** The numbers are 32-bit integers, so the circle has this radius, squared. */
const RADIUS_SQUARED = 2 ** 62;

/** @returns How many points fell into the circle. An integer, so that the sum of all shards is the same in any order. */
export default defineWorker(({ seed, shard, samples }: Shard): number => {
  const random = xoroshiro128plus(seed);
  // 2^64 numbers ahead for each shard, in 2 µs: two shards never use the same ones, as two seeds may.
  for (let left = shard; left > 0; left -= 1) random.jump();
  let hits = 0;
  for (let left = samples; left > 0; left -= 1) {
    const x = random.next();
    const y = random.next();
    if (x * x + y * y < RADIUS_SQUARED) hits += 1;
  }
  return hits;
});
