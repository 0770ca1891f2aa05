import type { Agent } from 'node:http';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

export function s3ClientOf(url: string, config: S3ClientConfig = {}): S3Client {
  return new S3Client({ endpoint: url, region: 'us-east-1', credentials, forcePathStyle: true, ...config });
}

export function ec2ClientOf(url: string, config: EC2ClientConfig = {}): EC2Client {
  return new EC2Client({ endpoint: url, region: 'us-east-1', credentials, ...config });
}

/** Objects of the bucket `bucket` whose bodies say their key. */
export async function putKeys(client: S3Client, keys: readonly string[]): Promise<void> {
  const left = [...keys];
  const put = async (): Promise<void> => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      await client.send(new PutObjectCommand({ Bucket: 'bucket', Key: key, Body: `body of ${key}` }));
    }
  };
  await Promise.all(Array.from({ length: 16 }, put));
}

/** The connection pool of a client over plain HTTP. */
export async function poolOf(client: S3Client | EC2Client): Promise<Agent> {
  const handler = client.config.requestHandler as unknown as {
    configProvider: Promise<{ httpAgentProvider: () => Promise<Agent> }>;
  };
  return await (await handler.configProvider).httpAgentProvider();
}

/** Sockets that a request holds, and requests that wait for one. */
export function busyCount({ sockets, requests }: Agent): number {
  return [sockets, requests].flatMap((all) => Object.values(all)).reduce((count, some) => count + (some?.length ?? 0), 0);
}
