import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type EmbeddedAws, type EmbeddedAwsOptions, startEmbeddedAws } from '../../local/index.ts';

export interface EmbeddedS3 {
  readonly aws: EmbeddedAws;
  readonly url: string;
  readonly s3: S3Client;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An embedded AWS with the bucket `bucket` and a client of it, for one test. */
export async function startEmbeddedS3(options: EmbeddedAwsOptions = {}, client: S3ClientConfig = {}): Promise<EmbeddedS3> {
  const aws = await startEmbeddedAws(options);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const s3 = new S3Client({ endpoint: aws.url, region: 'us-east-1', credentials, ...client });
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  return {
    aws,
    url: aws.url,
    s3,
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await aws.close();
    },
  };
}
