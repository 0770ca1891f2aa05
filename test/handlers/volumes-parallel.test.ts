import { expect, test } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { fleetTotals } from '../../local/ec2/fleet-totals.ts';
import { deploy, sampleEvent } from '../helpers/deployed.ts';

const fleet = createFleet({ instanceCount: 60, multiAttachVolumeCount: 3 });
const { attachedGib: totalGib, attachedVolumeCount: volumeCount } = fleetTotals(fleet);

test('volumes-parallel takes its sample event', async () => {
  await using volumes = await deploy('volumes-parallel', { ec2: { fleet } });
  const result = await volumes.invoke(await sampleEvent('volumes-parallel'));
  expect(result).toMatchObject({ strategy: 'per-instance', totalGib, volumeCount, instanceCount: 60, apiCallCount: 61 });
});

test.each([
  ['auto', 'scan', 2],
  ['batched', 'batched', 2],
  ['scan', 'scan', 2],
  ['per-instance', 'per-instance', 61],
])('volumes-parallel adds up the fleet with the strategy %s', async (strategy, used, apiCallCount) => {
  await using volumes = await deploy('volumes-parallel', { ec2: { fleet } });
  expect(await volumes.invoke({ strategy })).toMatchObject({
    strategy: used,
    totalGib,
    volumeCount,
    instanceCount: 60,
    apiCallCount,
    throttledCallCount: 0,
    isComplete: true,
    missing: [],
  });
});

test.each([
  [{ strategy: 'fast' }, /strategy: /],
  [{ concurrency: 0 }, /concurrency: /],
  [{ concurrency: 1.5 }, /concurrency: /],
  [{ region: 'eu-west-1' }, /region: /],
])('volumes-parallel rejects the event %j and names the field', async (event, message) => {
  await using volumes = await deploy('volumes-parallel', { ec2: { fleet } });
  await expect(volumes.invoke(event)).rejects.toMatchObject({
    code: 'ERR_INVALID_EVENT',
    message: expect.stringMatching(message),
  });
});

test('volumes-parallel names the action that it may not call', async () => {
  await using volumes = await deploy('volumes-parallel', { ec2: { fleet } });
  volumes.aws.configure('ec2', {
    faults: [{ operation: 'DescribeVolumes', answer: { status: 403, code: 'UnauthorizedOperation' } }],
  });
  await expect(volumes.invoke({})).rejects.toThrow(/describe the volumes .*UnauthorizedOperation.*allow ec2:DescribeVolumes/);
});
