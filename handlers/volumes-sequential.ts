/** Adds up the EBS volumes of all instances with one call after the other: the twin that `volumes-parallel` is compared with. */
import { EC2Client, paginateDescribeInstances, paginateDescribeVolumes } from '@aws-sdk/client-ec2';
import middy from '@middy/core';
import { strictObject } from 'valibot';
import { validateEvent } from './middleware/validate-event.ts';

const client = new EC2Client();

export const handler = middy()
  .use(validateEvent('volumes-sequential', strictObject({})))
  .handler(async () => {
    const startedAtMs = performance.now();
    const volumeGib = new Map<string, number>();
    let instanceCount = 0;
    const states = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];
    const notTerminated = { Filters: [{ Name: 'instance-state-name', Values: states }] };
    for await (const { Reservations: reservations = [] } of paginateDescribeInstances(
      { client, pageSize: 1000 },
      notTerminated,
    )) {
      for (const { InstanceId: instanceId = '' } of reservations.flatMap(({ Instances: instances = [] }) => instances)) {
        instanceCount += 1;
        const ofInstance = { Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }] };
        for await (const { Volumes: volumes = [] } of paginateDescribeVolumes({ client, pageSize: 500 }, ofInstance)) {
          for (const { VolumeId: volumeId = '', Size: gib = 0 } of volumes) volumeGib.set(volumeId, gib);
        }
      }
    }
    return {
      totalGib: [...volumeGib.values()].reduce((total, gib) => total + gib, 0),
      volumeCount: volumeGib.size,
      instanceCount,
      seconds: (performance.now() - startedAtMs) / 1000,
    };
  });
