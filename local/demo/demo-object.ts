import { CreateBucketCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

export const DEMO_BUCKET = 'lambda-parallel-demo';
export const DEMO_OBJECT_KEY = 'objects/8-kb.bin';
const OBJECT_BYTES = 8 * 1024;

/** What the sample event of `parallel-download` reads. Put again, it is the same. */
export async function putDemoObject(client: S3Client): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: DEMO_BUCKET }));
  } catch (error) {
    // A folder store still has it from the last time.
    if (!(error instanceof S3ServiceException && error.name === 'BucketAlreadyOwnedByYou')) throw error;
  }
  await client.send(
    new PutObjectCommand({ Bucket: DEMO_BUCKET, Key: DEMO_OBJECT_KEY, Body: new Uint8Array(OBJECT_BYTES).fill(1) }),
  );
}
