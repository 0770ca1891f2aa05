import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createBucket } from './demo-bucket.ts';

export const DEMO_BUCKET = 'lambda-parallel-demo';
export const DEMO_OBJECT_KEY = 'objects/8-kb.bin';
const OBJECT_BYTES = 8 * 1024;

/** What the sample event of `parallel-download` reads. Put again, it is the same. */
export async function putDemoObject(client: S3Client): Promise<void> {
  await createBucket(client, DEMO_BUCKET);
  await client.send(
    new PutObjectCommand({ Bucket: DEMO_BUCKET, Key: DEMO_OBJECT_KEY, Body: new Uint8Array(OBJECT_BYTES).fill(1) }),
  );
}
