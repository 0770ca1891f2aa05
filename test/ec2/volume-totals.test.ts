import fc from 'fast-check';
import { createParallel, DeadlineExceededError, ServiceCallError } from 'lambda-parallel';
import { type VolumeStrategy, volumeTotals } from 'lambda-parallel/ec2';
import { afterEach, expect, test, vi } from 'vitest';
import type { Ec2Options } from '../../local/ec2/ec2-service.ts';
import { createFleet, type FleetOptions } from '../../local/ec2/fleet.ts';
import { fleetTotals } from '../../local/ec2/fleet-totals.ts';
import type { Fleet } from '../../local/ec2/model.ts';
import { startEmbeddedAws } from '../../local/index.ts';
import { busyCount, ec2ClientOf, poolOf } from '../helpers/aws-clients.ts';
import { countdown } from '../helpers/countdown.ts';
import { countedRequests } from '../helpers/counted-requests.ts';
import { attachedTo, fleetOf, instance, volume } from '../helpers/embedded-ec2.ts';
import { closedUrl, startHttpServer } from '../helpers/http-server.ts';
import { turn } from '../helpers/turn.ts';

afterEach(() => {
  vi.useRealTimers();
});

const STRATEGIES: readonly VolumeStrategy[] = ['auto', 'per-instance', 'batched', 'scan'];

/** An EC2 of one fleet, and a client of it that tries once. */
async function startEc2(options: Ec2Options) {
  const aws = await startEmbeddedAws({ ec2: { requestBuckets: false, ...options } });
  const client = ec2ClientOf(aws.url, { maxAttempts: 1 });
  return {
    aws,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await aws.close();
    },
  };
}

/** The truth, in the words of the result. */
function truthOf(fleet: Fleet) {
  const totals = fleetTotals(fleet);
  return {
    totalGib: totals.attachedGib,
    volumeCount: totals.attachedVolumeCount,
    instanceCount: totals.instanceCount,
    instances: fleet.instances.map(({ instanceId }) => ({
      instanceId,
      gib: totals.gibByInstance.get(instanceId),
      volumeCount: totals.volumeCountByInstance.get(instanceId),
    })),
    throttledCallCount: 0,
    isComplete: true,
    missing: [],
  };
}

test('volumeTotals() is the truth about any fleet, by every strategy, also over sparse pages', async () => {
  const fleets: fc.Arbitrary<FleetOptions> = fc.record({
    seed: fc.nat(1000),
    instanceCount: fc.oneof(
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 195, max: 205 }),
      fc.integer({ min: 2, max: 450 }),
    ),
    volumesPerInstance: fc.constantFrom(0, 0.5, 3, 6),
    multiAttachVolumeCount: fc.integer({ min: 0, max: 12 }),
    stoppedShare: fc.constantFrom(0, 0.3, 1),
  });
  await fc.assert(
    fc.asyncProperty(fleets, fc.boolean(), async (options, hasSparsePages) => {
      const fleet = createFleet(options);
      await using ec2 = await startEc2({ fleet, hasSparsePages });
      await using runtime = createParallel();
      for (const strategy of STRATEGIES) {
        expect(await volumeTotals(ec2.client, runtime.io, { strategy })).toMatchObject(truthOf(fleet));
      }
    }),
    { numRuns: 12 },
  );
});

test('volumeTotals() of an account without instances asks for no volumes', async () => {
  await using ec2 = await startEc2({ fleet: fleetOf([], [volume(1)]) });
  await using runtime = createParallel();
  for (const strategy of STRATEGIES) {
    expect(await volumeTotals(ec2.client, runtime.io, { strategy })).toMatchObject({
      totalGib: 0,
      volumeCount: 0,
      instanceCount: 0,
      instances: [],
      apiCallCount: 1,
      isComplete: true,
    });
  }
});

const [a, b, c, stopped, terminated] = [
  instance(1),
  instance(2),
  instance(3),
  instance(4, { state: 'stopped' }),
  instance(5, { state: 'terminated' }),
];

test.each(STRATEGIES)('volumeTotals() by %s counts what is attached, once, to whom it is attached', async (strategy) => {
  const fleet = fleetOf(
    [a, b, c, stopped, terminated],
    [
      volume(1, { sizeGib: 1, attachments: [attachedTo(a)] }),
      volume(2, { sizeGib: 10, attachments: [attachedTo(a), attachedTo(b)], multiAttachEnabled: true }),
      volume(3, { sizeGib: 100, attachments: [attachedTo(stopped)] }),
      volume(4, { sizeGib: 1_000, attachments: [attachedTo(terminated)] }),
      volume(5, { sizeGib: 10_000, attachments: [attachedTo(b, { state: 'detached' })] }),
      volume(6, { sizeGib: 100_000 }),
      volume(7, { sizeGib: 1_000_000, attachments: [attachedTo(b, { state: 'detaching' })] }),
      volume(8, { sizeGib: 10_000_000, attachments: [attachedTo(a, { state: 'detached' }), attachedTo(b, { state: 'busy' })] }),
    ],
  );
  await using ec2 = await startEc2({ fleet });
  await using runtime = createParallel();
  expect(await volumeTotals(ec2.client, runtime.io, { strategy })).toMatchObject({
    totalGib: 11_000_111,
    volumeCount: 5,
    instanceCount: 4,
    instances: [
      { instanceId: a.instanceId, gib: 11, volumeCount: 2 },
      { instanceId: b.instanceId, gib: 11_000_010, volumeCount: 3 },
      { instanceId: c.instanceId, gib: 0, volumeCount: 0 },
      { instanceId: stopped.instanceId, gib: 100, volumeCount: 1 },
    ],
    isComplete: true,
  });
});

test.each(STRATEGIES)(
  'volumeTotals() by %s counts the instances that its filters let through, and their volumes alone',
  async (strategy) => {
    const fleet = fleetOf(
      [{ ...a, tags: { Team: 'search' } }, b, { ...stopped, tags: { Team: 'search' } }],
      [
        volume(1, { sizeGib: 1, attachments: [attachedTo(a)] }),
        volume(2, { sizeGib: 10, attachments: [attachedTo(b), attachedTo(stopped)] }),
        volume(3, { sizeGib: 100, attachments: [attachedTo(b)] }),
      ],
    );
    await using ec2 = await startEc2({ fleet });
    await using runtime = createParallel();
    const filters = [{ Name: 'tag:Team', Values: ['search'] }];
    const result = await volumeTotals(ec2.client, runtime.io, { strategy, filters });
    expect(result).toMatchObject({
      strategy: strategy === 'auto' ? 'batched' : strategy,
      totalGib: 11,
      volumeCount: 2,
      instances: [
        { instanceId: a.instanceId, gib: 1 },
        { instanceId: stopped.instanceId, gib: 10 },
      ],
    });
  },
);

test.each([
  ['per-instance', 1000],
  // 200 instances a call, of about 600 volumes, so two pages each.
  ['batched', 10],
  ['scan', 6],
] as const)(
  'volumeTotals() of 1,000 instances by %s takes at most %i calls beside the page of instances',
  async (strategy, most) => {
    const fleet = createFleet({ instanceCount: 1000, volumesPerInstance: 2.5 });
    await using ec2 = await startEc2({ fleet });
    await using runtime = createParallel({ concurrency: 64 });
    const { sent } = countedRequests(ec2.client);
    const result = await volumeTotals(ec2.client, runtime.io, { strategy });
    expect(result).toMatchObject(truthOf(fleet));
    expect(sent).toEqual({ DescribeInstancesCommand: 1, DescribeVolumesCommand: result.apiCallCount - 1 });
    expect(sent['DescribeVolumesCommand']).toBeLessThanOrEqual(most);
    if (strategy === 'per-instance') expect(sent['DescribeVolumesCommand']).toBe(1000);
  },
);

test('volumeTotals() by batched takes five calls for 1,000 instances whose volumes fit into a page each', async () => {
  const fleet = createFleet({ instanceCount: 1000, volumesPerInstance: 1 });
  await using ec2 = await startEc2({ fleet });
  await using runtime = createParallel();
  const result = await volumeTotals(ec2.client, runtime.io, { strategy: 'batched' });
  expect(result).toMatchObject({ ...truthOf(fleet), strategy: 'batched', apiCallCount: 6 });
});

test('volumeTotals() follows the pages of the instances', async () => {
  const fleet = createFleet({ instanceCount: 1001, volumesPerInstance: 0.2 });
  await using ec2 = await startEc2({ fleet });
  await using runtime = createParallel();
  const { sent } = countedRequests(ec2.client);
  const { instanceCount, isComplete } = await volumeTotals(ec2.client, runtime.io);
  expect([instanceCount, isComplete]).toEqual([1001, true]);
  expect(sent['DescribeInstancesCommand']).toBe(2);
});

test.each(STRATEGIES)('volumeTotals() by %s goes on after a page with a token and nothing else', async (strategy) => {
  const gone = Array.from({ length: 1000 }, (_, index) => instance(1000 + index, { state: 'terminated' }));
  const unattached = Array.from({ length: 500 }, (_, index) => volume(1000 + index));
  const attached = volume(1, { sizeGib: 8, attachments: [attachedTo(a)] });
  await using ec2 = await startEc2({ fleet: fleetOf([...gone, a], [...unattached, attached]), hasSparsePages: true });
  await using runtime = createParallel();
  const { sent } = countedRequests(ec2.client);
  expect(await volumeTotals(ec2.client, runtime.io, { strategy })).toMatchObject({
    totalGib: 8,
    instances: [{ instanceId: a.instanceId, gib: 8 }],
    isComplete: true,
  });
  expect(sent['DescribeInstancesCommand']).toBe(2);
});

test.each([
  ['a small account', { instanceCount: 100, volumesPerInstance: 3 }, 'scan'],
  ['an account of more than 2,000 attached volumes', { instanceCount: 1000, volumesPerInstance: 3 }, 'batched'],
] as const)('volumeTotals() by auto chooses for %s', async (_, options, strategy) => {
  await using ec2 = await startEc2({ fleet: createFleet(options) });
  await using runtime = createParallel();
  expect((await volumeTotals(ec2.client, runtime.io)).strategy).toBe(strategy);
});

const unauthorized = { status: 403, code: 'UnauthorizedOperation', message: 'You are not authorized to perform this operation.' };

test('volumeTotals() names the action that is not allowed', async () => {
  await using ec2 = await startEc2({ fleet: createFleet({ instanceCount: 10 }) });
  await using runtime = createParallel();
  for (const [operation, attempt] of [
    ['DescribeInstances', 'describe the instances'],
    ['DescribeVolumes', 'describe the volumes of 10 instances from i-'],
  ] as const) {
    ec2.aws.configure('ec2', { faults: [{ operation, answer: unauthorized }] });
    const got = volumeTotals(ec2.client, runtime.io, { strategy: 'batched' });
    await expect(got).rejects.toBeInstanceOf(ServiceCallError);
    await expect(got).rejects.toMatchObject({
      serviceCode: 'UnauthorizedOperation',
      statusCode: 403,
      cause: { name: 'UnauthorizedOperation' },
      message: expect.stringMatching(new RegExp(`^Cannot ${attempt}.*; allow ec2:${operation} on "\\*"`)),
    });
  }
});

test('volumeTotals() of which some calls fail is not complete, and says who is missing and why', async () => {
  const fleet = createFleet({ instanceCount: 500, volumesPerInstance: 1 });
  await using ec2 = await startEc2({ fleet });
  await using runtime = createParallel();
  ec2.aws.configure('ec2', { faults: [{ operation: 'DescribeVolumes', times: 1, answer: unauthorized }] });
  const result = await volumeTotals(ec2.client, runtime.io, { strategy: 'batched' });
  const missingIds = new Set(result.missing.flatMap(({ instanceIds }) => instanceIds));
  expect(result).toMatchObject({
    isComplete: false,
    instanceCount: 500,
    missing: [{ reason: { serviceCode: 'UnauthorizedOperation' } }],
  });
  expect([100, 200]).toContain(missingIds.size);
  const { instances } = truthOf(fleet);
  for (const [index, { instanceId, gib }] of result.instances.entries()) {
    expect([instanceId, gib]).toEqual([instances[index]?.instanceId, missingIds.has(instanceId) ? 0 : instances[index]?.gib]);
  }
});

test('volumeTotals() throws when no volume call succeeds', async () => {
  await using ec2 = await startEc2({ fleet: createFleet({ instanceCount: 500 }) });
  await using runtime = createParallel();
  ec2.aws.configure('ec2', {
    faults: [{ operation: 'DescribeVolumes', answer: { status: 400, code: 'InvalidParameterValue' } }],
  });
  await expect(volumeTotals(ec2.client, runtime.io, { strategy: 'batched' })).rejects.toMatchObject({
    name: 'ServiceCallError',
    serviceCode: 'InvalidParameterValue',
  });
});

test('volumeTotals() says that nothing listens at the endpoint', async () => {
  await using runtime = createParallel();
  await expect(volumeTotals(ec2ClientOf(await closedUrl(), { maxAttempts: 1 }), runtime.io)).rejects.toMatchObject({
    name: 'ServiceCallError',
    serviceCode: 'ECONNREFUSED',
    statusCode: undefined,
    message: expect.stringContaining('nothing listens there'),
    cause: expect.any(Error),
  });
});

test.each([
  ['what is no client', undefined, {}, TypeError, 'client must be an EC2Client'],
  ['an unknown option', 'client', { strategi: 'scan' }, TypeError, '"strategi" is unknown'],
  [
    'an unknown strategy',
    'client',
    { strategy: 'guess' },
    TypeError,
    'must be one of auto, per-instance, batched, scan: "guess"',
  ],
  ['concurrency 0', 'client', { concurrency: 0 }, RangeError, 'concurrency'],
  ['a concurrency that is none', 'client', { concurrency: '8' }, TypeError, 'concurrency'],
  ['filters that are no array', 'client', { filters: { Name: 'x' } }, TypeError, 'filters'],
  ['what is no signal', 'client', { signal: {} }, TypeError, 'signal'],
  ['what are no options', 'client', null, TypeError, 'must be an object'],
])('volumeTotals() refuses %s before any call', async (_, client, options, kind, message) => {
  await using server = await startHttpServer((_request, response) => void response.end());
  await using runtime = createParallel();
  const got = volumeTotals((client && ec2ClientOf(server.url)) as never, runtime.io, options as never);
  await expect(got).rejects.toThrow(kind);
  await expect(got).rejects.toThrow(message);
  expect(server.requests).toHaveLength(0);
});

test('volumeTotals() has a socket for each of many calls in flight, also where two run over one client', async () => {
  const count = 100;
  const waiting: (() => void)[] = [];
  const instancesXml = Array.from({ length: count }, (_, index) => `<item><instanceId>i-${index}</instanceId></item>`).join('');
  await using server = await startHttpServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      if (body.includes('Action=DescribeInstances')) {
        response.end(
          `<DescribeInstancesResponse><reservationSet><item><instancesSet>${instancesXml}</instancesSet></item></reservationSet></DescribeInstancesResponse>`,
        );
        return;
      }
      waiting.push(() => response.end('<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>'));
      if (waiting.length === 2 * count) for (const answer of waiting) answer();
    });
  });
  await using runtime = createParallel();
  const client = ec2ClientOf(server.url);
  const options = { strategy: 'per-instance', concurrency: count } as const;
  const results = await Promise.all([volumeTotals(client, runtime.io, options), volumeTotals(client, runtime.io, options)]);
  expect(results).toMatchObject([{ isComplete: true }, { isComplete: true }]);
  client.destroy();
});

/** Volume calls hang, but for the first ones. */
async function startHanging(answeredCount: number) {
  const ec2 = await startEc2({ fleet: createFleet({ instanceCount: 1000, volumesPerInstance: 1 }) });
  const { sent } = countedRequests(ec2.client);
  ec2.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'DescribeVolumesCommand' && (sent[commandName] ?? 0) >= answeredCount) {
          ec2.aws.configure('ec2', { faults: [{ operation: 'DescribeVolumes', answer: 'hang' }] });
        }
        return await next(args);
      },
    { step: 'initialize' },
  );
  return { ...ec2, sent };
}

test.each([0, 2])('volumeTotals() at the deadline, after %i of 5 volume calls, says who is missing', async (answeredCount) => {
  await using ec2 = await startHanging(answeredCount);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  await using runtime = createParallel({}, countdown(30_000));
  const got = volumeTotals(ec2.client, runtime.io, { strategy: 'batched', concurrency: 1 });
  while ((ec2.sent['DescribeVolumesCommand'] ?? 0) <= answeredCount) await turn();
  await turn();
  vi.advanceTimersByTime(29_500);
  const result = await got;
  expect(result).toMatchObject({ isComplete: false, instanceCount: 1000 });
  expect(result.missing.flatMap(({ instanceIds }) => instanceIds)).toHaveLength(1000 - 200 * answeredCount);
  expect(result.missing.map(({ reason }) => reason)).toEqual([
    expect.any(DeadlineExceededError),
    ...Array.from({ length: 4 - answeredCount }, () => 'deadline'),
  ]);
  const pool = await poolOf(ec2.client);
  while (busyCount(pool) > 0) await turn();
});

test('volumeTotals() at the deadline while the instances are listed throws that', async () => {
  await using ec2 = await startEc2({ fleet: createFleet() });
  const { sent } = countedRequests(ec2.client);
  ec2.aws.configure('ec2', { faults: [{ answer: 'hang' }] });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  await using runtime = createParallel({}, countdown(30_000));
  const got = expect(volumeTotals(ec2.client, runtime.io)).rejects.toBeInstanceOf(DeadlineExceededError);
  while (sent['DescribeInstancesCommand'] === undefined) await turn();
  vi.advanceTimersByTime(29_500);
  await got;
  const pool = await poolOf(ec2.client);
  while (busyCount(pool) > 0) await turn();
});

test('volumeTotals() that is aborted says who is missing', async () => {
  await using ec2 = await startHanging(1);
  await using runtime = createParallel();
  const controller = new AbortController();
  const got = volumeTotals(ec2.client, runtime.io, { strategy: 'batched', concurrency: 1, signal: controller.signal });
  while ((ec2.sent['DescribeVolumesCommand'] ?? 0) < 2) await turn();
  controller.abort(new Error('enough'));
  expect(await got).toMatchObject({
    isComplete: false,
    missing: [{ reason: { message: 'enough' } }, { reason: 'aborted' }, { reason: 'aborted' }, { reason: 'aborted' }],
  });
});

test('volumeTotals() whose signal has aborted already calls nothing and throws its reason', async () => {
  await using server = await startHttpServer((_, response) => void response.end());
  await using runtime = createParallel();
  const got = volumeTotals(ec2ClientOf(server.url), runtime.io, { signal: AbortSignal.abort('before') });
  await expect(got).rejects.toBe('before');
  expect(server.requests).toHaveLength(0);
});
