import { strictEqual } from 'node:assert/strict';
import { EC2Client } from '@aws-sdk/client-ec2';
import { createParallel } from 'lambda-parallel';
import { volumeTotals } from 'lambda-parallel/ec2';
import { type Figure, figure } from '../../local/figures/figures.ts';
import { startEmbeddedAwsThread } from '../../local/thread/start-thread.ts';

const INSTANCE_COUNT = 1000;

/** Calls that each strategy makes for the volumes of 1,000 instances, as the service counts them. */
export async function ec2CallFigures(): Promise<Figure[]> {
  await using aws = await startEmbeddedAwsThread({ fleet: { instanceCount: INSTANCE_COUNT } });
  // What is counted is what a strategy needs, not what a throttle adds.
  await aws.setRequestBuckets(false);
  await using runtime = createParallel({ concurrency: 64 });
  const client = new EC2Client({
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const figures: Figure[] = [];
  const totals = new Set<number>();
  for (const strategy of ['per-instance', 'batched', 'scan', 'auto'] as const) {
    const callsBefore = aws.callCount('ec2');
    const { totalGib, instanceCount } = await volumeTotals(client, runtime.io, { strategy });
    strictEqual(instanceCount, INSTANCE_COUNT);
    totals.add(totalGib);
    figures.push(figure(`ec2.${strategy}.calls-1000`, 'count', [aws.callCount('ec2') - callsBefore]));
  }
  strictEqual(totals.size, 1, 'the strategies differ in their totals');
  client.destroy();
  return figures;
}
