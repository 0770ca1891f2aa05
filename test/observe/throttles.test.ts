import { createParallel, type MetricName, ServiceCallError } from 'lambda-parallel';
import { volumeTotals } from 'lambda-parallel/ec2';
import { expect, test } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { startEmbeddedAws } from '../../local/index.ts';
import { ec2ClientOf } from '../helpers/aws-clients.ts';

function meteredRuntime() {
  const metrics = new Map<MetricName, number>();
  const runtime = createParallel({ metrics: { addMetric: (name, _unit, value) => metrics.set(name, value) } });
  return { metrics, runtime };
}

const serviceCallError = (serviceCode: string, statusCode?: number): ServiceCallError =>
  new ServiceCallError('Cannot call', { cause: undefined, serviceCode, statusCode });

test.each<[string, unknown, number]>([
  ['of EC2', Object.assign(new Error(), { name: 'RequestLimitExceeded' }), 1],
  ['of S3, named by a helper', serviceCallError('SlowDown', 503), 1],
  ['of an HTTP API', Object.assign(new Error(), { $metadata: { httpStatusCode: 429 } }), 1],
  ['of an HTTP API, named by a helper', serviceCallError('Busy', 429), 1],
  ['that the SDK marks as one', Object.assign(new Error(), { $retryable: { throttling: true } }), 1],
  ['that is none', serviceCallError('NoSuchKey', 404), 0],
  ['that is no error at all', 'SlowDown', 0],
  ['that is nothing', undefined, 0],
  ['with an odd name', Object.assign(new Error(), { name: Symbol('Throttling') }), 0],
])('Throttles counts a failure %s as it is', async (_, reason, count) => {
  const { metrics, runtime } = meteredRuntime();
  await runtime.io.mapSettled([1], () => Promise.reject(reason));
  await runtime[Symbol.asyncDispose]();
  expect(metrics.get('Throttles')).toBe(count);
});

test('Throttles counts what volumeTotals waited out', async () => {
  const fleet = createFleet({ instanceCount: 8, volumesPerInstance: 1 });
  const requestBuckets = { filteredOrPaginated: { burst: 6, ratePerSecond: 20 } };
  const aws = await startEmbeddedAws({ ec2: { fleet, requestBuckets } });
  const client = ec2ClientOf(aws.url);
  const { metrics, runtime } = meteredRuntime();
  const totals = await volumeTotals(client, runtime.io, { strategy: 'per-instance' });
  await runtime[Symbol.asyncDispose]();
  client.destroy();
  await aws.close();
  expect(totals.throttledCallCount).toBeGreaterThan(0);
  expect(metrics.get('Throttles')).toBe(totals.throttledCallCount);
});
