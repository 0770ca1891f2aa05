import { S3Client } from '@aws-sdk/client-s3';
import type { Stack } from '../stack/stack.ts';
import { demoBucketsOf } from './demo-buckets.ts';
import { type DemoCounts, putDemoData } from './demo-data.ts';

export interface SampleOptions extends DemoCounts {
  readonly s3LatencyMs: number;
  readonly ec2LatencyMs: number;
}

/**
 * Makes a stack one that the sample events of the handlers can be sent to: what they read is in its buckets, its services take as long as
 * they are told to, and new objects start functions. The environment of this process leads to the stack.
 *
 * @returns Whether samples were put: a template of other functions has no place for them.
 */
export async function openSurroundings(stack: Stack, options: SampleOptions): Promise<boolean> {
  const buckets = demoBucketsOf(stack.model.functions);
  if (buckets !== undefined) {
    const client = new S3Client();
    try {
      await putDemoData(client, buckets, options);
    } finally {
      client.destroy();
    }
  }
  stack.aws.configure('s3', { latencyMs: options.s3LatencyMs });
  stack.aws.configure('ec2', { latencyMs: options.ec2LatencyMs });
  stack.deliverNotifications();
  return buckets !== undefined;
}
