import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export const DEMO_OBJECT_KEY = 'objects/8-kb.bin';
const OBJECT_BYTES = 8 * 1024;

/** What the sample event of `parallel-download` reads. Put again, it is the same. */
export async function putDemoObject(client: S3Client, bucket: string): Promise<void> {
  const body = new Uint8Array(OBJECT_BYTES).fill(1);
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: DEMO_OBJECT_KEY, Body: body }));
}
