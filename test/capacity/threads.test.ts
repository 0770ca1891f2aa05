import { availableParallelism } from 'node:os';
import { createParallel, parallel, withParallel, workerRef } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CapacityFacts, capacityFrom, threadsThatPay } from '../../src/capacity/capacity.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';

const visibleVcpus = availableParallelism();
const double = workerRef<typeof import('../cpu/workers/double.worker.ts')>(
  new URL('../cpu/workers/double.worker.ts', import.meta.url),
);

beforeEach(() => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', undefined);
  vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', undefined);
  vi.stubEnv('AWS_LAMBDA_NODEJS_WORKER_COUNT', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

describe('threads that pay', () => {
  const threads = (facts: Partial<CapacityFacts>): number =>
    threadsThatPay(
      capacityFrom({ memoryMb: undefined, visibleVcpus: 2, maxConcurrency: undefined, runtimeWorkerCount: undefined, ...facts }),
    );

  // Cores as Lambda shows them: 2 up to 3,538 MB, then one more for each 1,769 MB.
  test.each([
    [128, 2, 1],
    [1768, 2, 1],
    [1769, 2, 1],
    [1770, 2, 2],
    [3008, 2, 2],
    [3538, 2, 2],
    [3539, 3, 3],
    [5307, 3, 3],
    [5308, 4, 4],
    [7076, 4, 4],
    [8845, 5, 5],
    [8846, 6, 6],
    [10_240, 6, 6],
  ])('are as many as the vCPUs that %d MB buy, rounded up: with %d cores %d', (memoryMb, cores, count) => {
    expect(threads({ memoryMb, visibleVcpus: cores })).toBe(count);
  });

  test.each([
    [1770, 1],
    [10_240, 1],
    [10_240, 2],
    [3539, 2],
  ])('are never more than the cores that are seen: of %d MB with %d', (memoryMb, cores) => {
    expect(threads({ memoryMb, visibleVcpus: cores })).toBe(cores);
  });

  test.each([1, 2, 8, 64])('are the cores that are seen where there is no memory setting: %d', (cores) => {
    expect(threads({ visibleVcpus: cores })).toBe(cores);
  });

  test.each([
    [1, 1, 1],
    [4, 1, 4],
    [4, 2, 2],
    [4, 3, 1],
    [16, 4, 4],
    [16, 5, 3],
    [4, 32, 1],
    [16, undefined, 1],
  ])('on Managed Instances share %d vCPUs with the runtime’s own %s workers: %d each', (cores, runtimeWorkerCount, count) => {
    expect(threads({ memoryMb: 2048, visibleVcpus: cores, maxConcurrency: 10, runtimeWorkerCount })).toBe(count);
  });

  test('on Managed Instances do not depend on the memory setting', () => {
    for (const memoryMb of [undefined, 128, 10_240]) {
      expect(threads({ memoryMb, visibleVcpus: 4, maxConcurrency: 64, runtimeWorkerCount: 1 })).toBe(4);
    }
  });

  test('are not divided outside Managed Instances, whatever the runtime has been told', () => {
    expect(threads({ memoryMb: 3538, visibleVcpus: 2, runtimeWorkerCount: 8 })).toBe(2);
  });

  test('are at least one', () => {
    for (const facts of [{ memoryMb: 128 }, { visibleVcpus: 1 }, { maxConcurrency: 1, runtimeWorkerCount: 1000 }]) {
      expect(threads(facts)).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('worker threads of an execution environment', () => {
  /** As many as are started, through each of the three entrances. */
  async function counts(options: object = {}): Promise<number[]> {
    const all = { workers: [double], ...options };
    const request = { context: lambdaContext() as never, internal: {} };
    parallel(all).before?.(request as never);
    const handler = withParallel(all, (_event, context) => context.parallel.statistics.cpu.threadCount);
    await using runtime = createParallel(all);
    return [
      (request.context as { parallel: typeof runtime }).parallel.statistics.cpu.threadCount,
      await handler({}, lambdaContext()),
      runtime.statistics.cpu.threadCount,
    ];
  }

  test.each([
    ['128', 1],
    ['1769', 1],
    ['1770', Math.min(2, visibleVcpus)],
    ['3538', Math.min(2, visibleVcpus)],
    [undefined, visibleVcpus],
    ['', visibleVcpus],
    ['much', visibleVcpus],
  ])('are by default those that pay: with AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%s', async (memory, count) => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', memory);
    expect(await counts()).toEqual([count, count, count]);
  });

  test('follow the option memoryMb before the environment', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '10240');
    expect(await counts({ memoryMb: 128 })).toEqual([1, 1, 1]);
  });

  test('on Managed Instances are those that pay there', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128');
    vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '10');
    vi.stubEnv('AWS_LAMBDA_NODEJS_WORKER_COUNT', '1');
    expect(await counts()).toEqual([visibleVcpus, visibleVcpus, visibleVcpus]);
    vi.stubEnv('AWS_LAMBDA_NODEJS_WORKER_COUNT', undefined);
    expect(await counts()).toEqual([1, 1, 1]);
  });

  test('are as many as maxThreads says, more than there are cores as well', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128');
    vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '10');
    expect(await counts({ maxThreads: visibleVcpus + 1 })).toEqual(Array(3).fill(visibleVcpus + 1));
    expect(await counts({ maxThreads: 1 })).toEqual([1, 1, 1]);
  });

  test('are none without workers, whatever maxThreads says', async () => {
    expect(await counts({ workers: [], maxThreads: 4 })).toEqual([0, 0, 0]);
    expect(await counts({ workers: undefined })).toEqual([0, 0, 0]);
  });
});
