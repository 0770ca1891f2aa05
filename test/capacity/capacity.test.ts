import { availableParallelism } from 'node:os';
import { createParallel, parallel, vcpuShare } from 'lambda-parallel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const visibleVcpus = availableParallelism();

beforeEach(() => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', undefined);
  vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', undefined);
  vi.stubEnv('AWS_LAMBDA_NODEJS_WORKER_COUNT', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

function capacity(options = {}) {
  using runtime = createParallel(options);
  return runtime.capacity;
}

test.each([
  [128, 0.0724],
  [1769, 1],
  [3008, 1.7004],
  [10_240, 5.7886],
])('capacity has the vCPU share that %d MB buy', (memoryMb, share) => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', String(memoryMb));
  expect(capacity()).toEqual({ memoryMb, visibleVcpus, vcpuShare: expect.closeTo(share, 4), managedInstances: undefined });
  expect(vcpuShare(memoryMb)).toBeCloseTo(share, 4);
});

test.each([undefined, '', 'much', '0', '-128', '128.5'])(
  'capacity has the cores that are seen where the memory setting is %o',
  (value) => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', value);
    expect(capacity()).toEqual({ memoryMb: undefined, visibleVcpus, vcpuShare: visibleVcpus, managedInstances: undefined });
  },
);

test('capacity takes the option before the environment', () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '1769');
  expect(capacity({ memoryMb: 3538 })).toMatchObject({ memoryMb: 3538, vcpuShare: 2 });
});

test('capacity on Managed Instances is that of the instance, not of the memory setting', () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '2048');
  vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '10');
  vi.stubEnv('AWS_LAMBDA_NODEJS_WORKER_COUNT', '4');
  expect(capacity()).toEqual({
    memoryMb: 2048,
    visibleVcpus,
    vcpuShare: visibleVcpus,
    managedInstances: { maxConcurrency: 10, runtimeWorkerCount: 4 },
  });
});

test('capacity on Managed Instances has as many runtime workers as the runtime starts by itself', () => {
  vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '64');
  expect(capacity().managedInstances).toEqual({ maxConcurrency: 64, runtimeWorkerCount: 8 * visibleVcpus });
});

test('capacity is read at cold start', () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '1769');
  const { before } = parallel();
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128');
  const request = { context: {}, internal: {} } as never;
  before?.(request);
  expect(request).toMatchObject({ context: { parallel: { capacity: { memoryMb: 1769 } } } });
});
