import { createHash, randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformanceTargets, type StartedTarget, type TargetName } from './targets.ts';

interface S3Scene {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly region: string;
}

/**
 * One behaviour of S3. `differs` says where a target is known to answer otherwise: there the case must fail, so that we learn when it
 * no longer does.
 */
export type S3Behaviour = (
  name: string,
  run: (scene: S3Scene) => Promise<void>,
  differs?: Partial<Record<TargetName, string>>,
) => void;

/** Runs the behaviours against every target, each with a bucket of its own that is removed in the end. */
export function describeS3(title: string, define: (behaviour: S3Behaviour) => void): void {
  for (const target of conformanceTargets()) {
    describe.skipIf(target.skipped !== undefined)(`${title} of ${target.name}`, () => {
      let started: StartedTarget;
      let s3: S3Client;
      const bucket = `conformance-${randomUUID()}`;

      beforeAll(async () => {
        started = await target.start();
        s3 = new S3Client({ ...started.clientConfig, maxAttempts: 2 });
        await s3.send(new CreateBucketCommand({ Bucket: bucket }));
      });

      afterAll(async () => {
        if (started === undefined) return;
        try {
          await emptyAndDelete(s3, bucket);
        } finally {
          s3.destroy();
          await started.close();
        }
      });

      define((name, run, differs = {}) => {
        const reason = differs[target.name];
        const scene = () => ({ s3, bucket, region: started.region });
        if (reason === undefined) test(name, () => run(scene()));
        else test.fails(`${name} [${target.name} differs: ${reason}]`, () => run(scene()));
      });
    });
  }
}

export function etagOf(bytes: string | Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

export function put(s3: S3Client, Bucket: string, Key: string, Body: string): Promise<unknown> {
  return s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) }));
}

export async function text(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  return textOf(await s3.send(new GetObjectCommand({ Bucket, Key })));
}

export type WithBody = {
  Body?: { transformToByteArray(): Promise<Uint8Array>; transformToString(): Promise<string> } | undefined;
};

export async function textOf(got: WithBody): Promise<string> {
  return (await got.Body?.transformToString()) ?? '';
}

export async function bytesOf(got: WithBody): Promise<Uint8Array> {
  return (await got.Body?.transformToByteArray()) ?? new Uint8Array();
}

export async function keysOf(s3: S3Client, Bucket: string, Prefix: string): Promise<(string | undefined)[]> {
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return objects.map(({ Key }) => Key);
}

export async function expectError(run: Promise<unknown>, name: string, status: number): Promise<S3ServiceException> {
  const error = await run.then(
    () => expect.fail(`it succeeded, expected ${name}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(S3ServiceException);
  expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  return error as S3ServiceException;
}

export async function expectStatus(run: Promise<unknown>, status: number): Promise<void> {
  await expect(run).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
}

export function expectMissing(s3: S3Client, Bucket: string, Key: string): Promise<void> {
  return expectStatus(s3.send(new HeadObjectCommand({ Bucket, Key })), 404);
}

async function emptyAndDelete(s3: S3Client, Bucket: string): Promise<void> {
  const { Uploads: uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of uploads) await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  for await (const { Contents: objects = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key } of objects) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket }));
}
