import type { S3Client } from '@aws-sdk/client-s3';
import { numberedKeys, putInTurn } from './demo-bucket.ts';
import { demoImages } from './demo-images.ts';
import { demoLogs } from './demo-logs.ts';
import { putDemoObject } from './demo-object.ts';

export const LOG_PREFIX = 'logs/';

export function imageKeys(imageCount: number): string[] {
  return numberedKeys('images/', imageCount, '.jpg');
}

/** Where the handlers look for it. */
export interface DemoBuckets {
  /** The object that is downloaded many times, and logs. */
  readonly data: string;
  /** Images. */
  readonly uploads: string;
}

export interface DemoCounts {
  readonly imageCount?: number;
  readonly logObjectCount?: number;
}

/** What the jobs read, by the names that the sample events have. */
export async function putDemoData(client: S3Client, { data, uploads }: DemoBuckets, counts: DemoCounts): Promise<void> {
  const { imageCount = 0, logObjectCount = 0 } = counts;
  await putDemoObject(client, data);
  if (imageCount > 0) await putInTurn(client, uploads, imageKeys(imageCount), await demoImages());
  if (logObjectCount > 0) await putInTurn(client, data, numberedKeys(LOG_PREFIX, logObjectCount, '.jsonl'), demoLogs());
}
