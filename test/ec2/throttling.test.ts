import { DescribeVolumesCommand, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { createParallel } from 'lambda-parallel';
import { type VolumeTotals, volumeTotals } from 'lambda-parallel/ec2';
import { afterEach, expect, test, vi } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { fleetTotals } from '../../local/ec2/fleet-totals.ts';
import type { RequestBuckets } from '../../local/ec2/request-buckets.ts';
import { startEmbeddedAws } from '../../local/index.ts';
import { ec2ClientOf } from '../helpers/aws-clients.ts';
import { countdown } from '../helpers/countdown.ts';
import { countedRequests, type RequestCounts } from '../helpers/counted-requests.ts';
import { turn } from '../helpers/turn.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const fleet = createFleet({ instanceCount: 40, volumesPerInstance: 2, multiAttachVolumeCount: 3 });
const truth = { totalGib: fleetTotals(fleet).attachedGib, instanceCount: 40, isComplete: true, missing: [] };

/** Enough for the instances and ten volume calls; then nothing comes back before the test is over. */
const TEN_CALLS: RequestBuckets = { filteredOrPaginated: { burst: 10, ratePerSecond: 1e-6 } };
const PER_INSTANCE = { strategy: 'per-instance', concurrency: 64 } as const;

/** Its buckets begin to refill when the first calls, one for the instances and one for each of them, have been answered. */
async function startEc2(requestBuckets: RequestBuckets, config: EC2ClientConfig = {}) {
  let answeredCount = (): number => 0;
  const clock = () => (answeredCount() < 41 ? 0 : performance.now());
  const aws = await startEmbeddedAws({ ec2: { fleet, requestBuckets, clock } });
  const client = ec2ClientOf(aws.url, config);
  const counts = countedRequests(client);
  answeredCount = () => counts.answeredCount;
  return {
    aws,
    client,
    counts,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await aws.close();
    },
  };
}

/** A strategy of the user's: three attempts without a pause. */
function ownStrategy() {
  const token = (attempts: number) => ({ getRetryCount: () => attempts, getRetryDelay: () => 0, getRetryCost: () => 1 });
  return {
    acquireInitialRetryToken: vi.fn(async (_scope: string) => token(0)),
    refreshRetryTokenForRetry: vi.fn(async ({ getRetryCount }: { getRetryCount(): number }, _info: unknown) => {
      if (getRetryCount() === 2) throw new Error('no attempts left');
      return token(getRetryCount() + 1);
    }),
    recordSuccess: vi.fn(),
  };
}

const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));

const stock: EC2ClientConfig = {};
// Concurrently: each spends its seconds waiting for its turn.
test.concurrent.each([
  ['the stock client', stock],
  ['a client that tries once', { maxAttempts: 1 }],
  ['a client in adaptive mode', { retryMode: 'adaptive' }],
  [
    'a client with a strategy of the first generation',
    { retryStrategy: { mode: 'old', retry: (next: (args: unknown) => unknown, args: unknown) => next(args) } as never },
  ],
] satisfies [string, EC2ClientConfig][])('volumeTotals() that is throttled heavily loses nothing, with %s', async (_, config) => {
  await using ec2 = await startEc2({ filteredOrPaginated: { burst: 10, ratePerSecond: 200 } }, config);
  await using runtime = createParallel();
  const result = await volumeTotals(ec2.client, runtime.io, PER_INSTANCE);
  expect(result).toMatchObject(truth);
  expectCounted(result, ec2.counts.sent);
  expect(result.throttledCallCount).toBeGreaterThanOrEqual(30);
  await turn();
  expect(warnings).toEqual([]);
});

/** Every request is in the result: one for the instances, one for each volume call, and the refused ones. */
function expectCounted({ apiCallCount, throttledCallCount, instanceCount }: VolumeTotals, sent: RequestCounts['sent']) {
  const sentCount = Object.values(sent).reduce((sum, count) => sum + count, 0);
  expect(apiCallCount).toBe(sentCount);
  expect(throttledCallCount).toBe(sentCount - 1 - instanceCount);
}

test('volumeTotals() leaves errors other than throttles, and other calls, to the strategy of the client', async () => {
  const retryStrategy = ownStrategy();
  await using ec2 = await startEc2({ filteredOrPaginated: { burst: 35, ratePerSecond: 20 } }, { retryStrategy });
  await using runtime = createParallel();
  ec2.aws.configure('ec2', {
    faults: [{ operation: 'DescribeInstances', times: 2, answer: { status: 500, code: 'InternalError' } }],
  });
  const result = await volumeTotals(ec2.client, runtime.io, PER_INSTANCE);
  expect(result).toMatchObject(truth);
  // Throttles are not in it, though there were some.
  expect(result.throttledCallCount).toBeGreaterThan(0);
  expect(retryStrategy.refreshRetryTokenForRetry.mock.calls.map(([, info]) => info)).toMatchObject([
    { errorType: 'TRANSIENT' },
    { errorType: 'TRANSIENT' },
  ]);
  expect(retryStrategy.recordSuccess).toHaveBeenCalledTimes(41);

  retryStrategy.refreshRetryTokenForRetry.mockClear();
  ec2.aws.ec2.setRequestBuckets(TEN_CALLS);
  const own = Array.from({ length: 11 }, () => ec2.client.send(new DescribeVolumesCommand({ MaxResults: 5 })));
  expect((await Promise.allSettled(own)).filter(({ status }) => status === 'rejected')).toMatchObject([
    { reason: { name: 'RequestLimitExceeded', $metadata: { attempts: 3 } } },
  ]);
  expect(retryStrategy.refreshRetryTokenForRetry).toHaveBeenCalledTimes(3);
});

test('volumeTotals() uses up the attempts of the client where the service fails without throttling', async () => {
  const retryStrategy = ownStrategy();
  await using ec2 = await startEc2({}, { retryStrategy });
  await using runtime = createParallel();
  ec2.aws.configure('ec2', { faults: [{ answer: { status: 500, code: 'InternalError' } }] });
  await expect(volumeTotals(ec2.client, runtime.io)).rejects.toMatchObject({
    serviceCode: 'InternalError',
    cause: { $metadata: { attempts: 3 } },
  });
});

test("volumeTotals() goes through the user's middlewares, around the retries and inside them", async () => {
  await using ec2 = await startEc2({ filteredOrPaginated: { burst: 35, ratePerSecond: 20 } });
  await using runtime = createParallel();
  const seen = { calls: 0, attempts: 0 };
  const counting =
    (what: keyof typeof seen) =>
    <Args, Output>(next: (args: Args) => Promise<Output>) =>
    async (args: Args): Promise<Output> => {
      seen[what] += 1;
      return await next(args);
    };
  ec2.client.middlewareStack.add(counting('calls'), { step: 'initialize' });
  ec2.client.middlewareStack.addRelativeTo(counting('attempts'), { relation: 'after', toMiddleware: 'retryMiddleware' });
  const { apiCallCount, throttledCallCount } = await volumeTotals(ec2.client, runtime.io, PER_INSTANCE);
  expect(throttledCallCount).toBeGreaterThan(0);
  expect(seen).toEqual({ calls: 41, attempts: apiCallCount });
});

test('volumeTotals() that is aborted while calls wait for their turn ends at once and leaves no timer', async () => {
  const timerCount = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  // Its retries have no pause, so every timer is one of ours.
  await using ec2 = await startEc2(TEN_CALLS, { retryStrategy: ownStrategy() });
  await using runtime = createParallel();
  const before = timerCount();
  const controller = new AbortController();
  const got = volumeTotals(ec2.client, runtime.io, { ...PER_INSTANCE, signal: controller.signal });
  while (ec2.counts.answeredCount < 41) await turn();
  // Thirty calls were refused; one of them has gone again, the others wait.
  while (timerCount() < before + 25) await turn();
  const reason = new Error('enough');
  controller.abort(reason);
  const result = await got;
  expect(result).toMatchObject({ isComplete: false, instanceCount: 40 });
  expect(result.missing).toHaveLength(30);
  for (const missing of result.missing) expect(missing).toEqual({ instanceIds: [expect.any(String)], reason });
  await turn();
  expect(timerCount()).toBeLessThanOrEqual(before);
});

test('volumeTotals() that is throttled until the deadline says who is missing', async () => {
  await using ec2 = await startEc2(TEN_CALLS);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  await using runtime = createParallel({}, countdown(30_000));
  const got = volumeTotals(ec2.client, runtime.io, { ...PER_INSTANCE, concurrency: 20 });
  while (ec2.counts.answeredCount < 31) await turn();
  await turn();
  vi.advanceTimersByTime(29_500);
  const result = await got;
  expect(result.isComplete).toBe(false);
  expect(result.throttledCallCount).toBeGreaterThanOrEqual(10);
  const missingIds = new Set(result.missing.flatMap(({ instanceIds }) => instanceIds));
  expect(missingIds.size).toBe(30);
  const { gibByInstance } = fleetTotals(fleet);
  for (const { instanceId, gib } of result.instances) {
    if (!missingIds.has(instanceId)) expect(gib).toBe(gibByInstance.get(instanceId));
  }
  const reasons = result.missing.map(({ reason }) => (reason instanceof Error ? reason.name : reason));
  expect(reasons.filter((reason) => reason === 'DeadlineExceededError')).toHaveLength(20);
  expect(reasons.filter((reason) => reason === 'deadline')).toHaveLength(10);
});

test('volumeTotals() takes a minute of nothing but throttles for an outage', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  await using ec2 = await startEc2({});
  await using runtime = createParallel();
  ec2.aws.configure('ec2', {
    faults: [{ operation: 'DescribeVolumes', answer: { status: 503, code: 'RequestLimitExceeded' } }],
  });
  const got = expect(volumeTotals(ec2.client, runtime.io)).rejects.toMatchObject({
    name: 'ServiceCallError',
    serviceCode: 'RequestLimitExceeded',
    message: expect.stringContaining('the service is throttling'),
  });
  while ((ec2.counts.sent['DescribeVolumesCommand'] ?? 0) < 3) await turn();
  vi.advanceTimersByTime(61_000);
  await got;
});

test('volumeTotals() ends when its signal aborts, also while the SDK sleeps between attempts and does not listen', async () => {
  const sleeping = Promise.withResolvers<void>();
  const retry = () => {
    sleeping.resolve();
    return new Promise<never>(() => undefined);
  };
  await using ec2 = await startEc2(TEN_CALLS, { retryStrategy: { mode: 'standard', retry } as never });
  await using runtime = createParallel();
  const abort = new AbortController();
  const reading = volumeTotals(ec2.client, runtime.io, { ...PER_INSTANCE, signal: abort.signal });
  await sleeping.promise;
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(reading).rejects.toBe(reason);
  // The call itself has stopped, so nothing of ours is left for the invocation to wait for.
  await turn();
  expect(runtime.statistics.io.runningCount).toBe(0);
});

test('volumeTotals() that is given the runtime says that it wants the engine', async () => {
  const call = async () => volumeTotals(ec2ClientOf('http://localhost'), { io: {} } as never);
  await expect(call()).rejects.toThrow('Cannot run volumeTotals as io must be the I/O engine, context.parallel.io or runtime.io');
});
