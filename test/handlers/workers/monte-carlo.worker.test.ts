import { createParallel, workerRef } from 'lambda-parallel';
import { expect, test } from 'vitest';
import hitsOf from '../../../handlers/workers/monte-carlo.worker.ts';

const monteCarlo = workerRef<typeof import('../../../handlers/workers/monte-carlo.worker.ts')>(
  new URL('../../../handlers/workers/monte-carlo.worker.ts', import.meta.url),
);
const shards = Array.from({ length: 12 }, (_, shard) => ({ seed: 7, shard, samples: 20_000 + shard }));

test('monte-carlo counts the same hits for the same seed and shard, and others for other ones', async () => {
  const hits = await hitsOf({ seed: 7, shard: 3, samples: 100_000 });
  expect(await hitsOf({ seed: 7, shard: 3, samples: 100_000 })).toBe(hits);
  expect(await hitsOf({ seed: 8, shard: 3, samples: 100_000 })).not.toBe(hits);
  expect(await hitsOf({ seed: 7, shard: 4, samples: 100_000 })).not.toBe(hits);
});

test('monte-carlo hits the circle π/4 of the time, within five standard errors', async () => {
  const samples = 1_000_000;
  const share = (await hitsOf({ seed: 1, shard: 0, samples })) / samples;
  expect(Math.abs(share - Math.PI / 4)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / samples));
});

test('monte-carlo hits nothing with no samples', async () => {
  expect(await hitsOf({ seed: 1, shard: 0, samples: 0 })).toBe(0);
});

test.each([1, 2])('monte-carlo counts the same in %i thread(s), in any order of the shards', async (maxThreads) => {
  await using runtime = createParallel({ workers: [monteCarlo], maxThreads });
  const expected = await Promise.all(shards.map((shard) => hitsOf(shard)));
  expect(await runtime.cpu.map(shards, monteCarlo)).toEqual(expected);
  expect(await runtime.cpu.map(shards.toReversed(), monteCarlo)).toEqual(expected.toReversed());
});
