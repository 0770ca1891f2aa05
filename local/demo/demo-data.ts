import { S3Client } from '@aws-sdk/client-s3';
import { createBucket, numberedKeys, putInTurn } from './demo-bucket.ts';
import { demoImages } from './demo-images.ts';
import { demoLogs } from './demo-logs.ts';
import { DEMO_BUCKET, putDemoObject } from './demo-object.ts';

const THUMBNAIL_BUCKET = 'lambda-parallel-demo-thumbnails';
export const LOG_PREFIX = 'logs/';

/** Where the handlers find it. */
export const DEMO_VARIABLES: Readonly<Record<string, string>> = {
  BUCKET_NAME: DEMO_BUCKET,
  UPLOAD_BUCKET_NAME: DEMO_BUCKET,
  THUMBNAIL_BUCKET_NAME: THUMBNAIL_BUCKET,
};

export function imageKeys(imageCount: number): string[] {
  return numberedKeys('images/', imageCount, '.jpg');
}

export interface DemoCounts {
  readonly imageCount?: number;
  readonly logObjectCount?: number;
}

/** What the jobs read, by the names that the sample events have. */
export async function putDemoData({ imageCount = 0, logObjectCount = 0 }: DemoCounts): Promise<void> {
  const client = new S3Client();
  try {
    await putDemoObject(client);
    await createBucket(client, THUMBNAIL_BUCKET);
    if (imageCount > 0) await putInTurn(client, DEMO_BUCKET, imageKeys(imageCount), await demoImages());
    if (logObjectCount > 0) await putInTurn(client, DEMO_BUCKET, numberedKeys(LOG_PREFIX, logObjectCount, '.jsonl'), demoLogs());
  } finally {
    client.destroy();
  }
}
