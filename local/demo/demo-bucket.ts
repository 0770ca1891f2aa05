import { CopyObjectCommand, CreateBucketCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/** The SDK's default number of sockets. */
const COPIES_AT_ONCE = 50;

/** A bucket that is already there is taken as it is: a folder store still has it from the last time. */
export async function createBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.name === 'BucketAlreadyOwnedByYou')) throw error;
  }
}

/** Puts the bodies under the keys, in turn. Of copies the embedded S3 holds the bytes once, so many keys take little memory. */
export async function putInTurn(
  client: S3Client,
  bucket: string,
  keys: readonly string[],
  bodies: readonly Uint8Array[],
): Promise<void> {
  const originals = keys.slice(0, bodies.length);
  for (const [index, Key] of originals.entries()) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bodies[index] ?? new Uint8Array() }));
  }
  const copy = (Key: string, index: number) =>
    client.send(new CopyObjectCommand({ Bucket: bucket, Key, CopySource: `${bucket}/${originals[index % originals.length]}` }));
  for (let from = originals.length; from < keys.length; from += COPIES_AT_ONCE) {
    await Promise.all(keys.slice(from, from + COPIES_AT_ONCE).map((key, index) => copy(key, from + index)));
  }
}

/** `<prefix>001<suffix>` and so on. */
export function numberedKeys(prefix: string, count: number, suffix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(3, '0')}${suffix}`);
}
