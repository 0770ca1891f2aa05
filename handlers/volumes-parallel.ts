/** Adds up the EBS volumes of all instances, with as few and as many calls at once as its event says. */
import { EC2Client } from '@aws-sdk/client-ec2';
import middy from '@middy/core';
import { parallel } from 'lambda-parallel';
import { volumeTotals } from 'lambda-parallel/ec2';
import { integer, maxValue, minValue, number, optional, picklist, pipe, strictObject } from 'valibot';
import { validateEvent } from './middleware/validate-event.ts';

const VolumesEvent = strictObject({
  strategy: optional(picklist(['auto', 'per-instance', 'batched', 'scan']), 'auto'),
  /** Calls in flight at once. */
  concurrency: optional(pipe(number(), integer(), minValue(1), maxValue(900)), 64),
});

const client = new EC2Client();

export const handler = middy()
  .use(validateEvent('volumes-parallel', VolumesEvent))
  .use(parallel({ metrics: 'log' }))
  .handler(async ({ strategy, concurrency }, context) => {
    const startedAtMs = performance.now();
    const { missing, ...totals } = await volumeTotals(client, context.parallel.io, { strategy, concurrency });
    return {
      ...totals,
      missing: missing.map(({ instanceIds, reason }) => ({ instanceIds, reason: String(reason) })),
      seconds: (performance.now() - startedAtMs) / 1000,
    };
  });
