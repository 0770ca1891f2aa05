import { withParallel, workerRef } from 'lambda-parallel';

export const LIMIT = 5;

const addLimit = workerRef<typeof import('./add-limit.worker.ts')>(new URL('./add-limit.worker.ts', import.meta.url));

export const handler = withParallel({ workers: [addLimit], maxThreads: 1 }, async (_event, { parallel: { cpu } }) =>
  cpu.run(addLimit, 1),
);
