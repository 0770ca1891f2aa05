import { expect, test } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { fleetTotals } from '../../local/ec2/fleet-totals.ts';
import { deploy, sampleEvent } from '../helpers/deployed.ts';

test('volumes-sequential adds up the fleet of its sample event', async () => {
  const fleet = createFleet({ instanceCount: 30, multiAttachVolumeCount: 2 });
  const { attachedGib: totalGib, attachedVolumeCount: volumeCount } = fleetTotals(fleet);
  await using volumes = await deploy('volumes-sequential', { ec2: { fleet } });
  const result = await volumes.invoke(await sampleEvent('volumes-sequential'));
  expect(result).toMatchObject({ totalGib, volumeCount, instanceCount: 30 });
});

test('volumes-sequential rejects an event with a field that it does not have', async () => {
  await using volumes = await deploy('volumes-sequential');
  await expect(volumes.invoke({ strategy: 'auto' })).rejects.toMatchObject({ code: 'ERR_INVALID_EVENT' });
});
