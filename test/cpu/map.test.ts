import { createParallel, workerRef } from 'lambda-parallel';
import { expect, test } from 'vitest';

const double = workerRef<typeof import('./workers/double.worker.ts')>(new URL('./workers/double.worker.ts', import.meta.url));

test('cpu.map() returns the values in input order', async () => {
  await using runtime = createParallel({ workers: [double] });
  expect(await runtime.cpu.map([1, 2, 3], double)).toEqual([2, 4, 6]);
});
