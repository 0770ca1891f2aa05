import { LambdaClient } from '@aws-sdk/client-lambda';

/** Without retries: what the service answers is what the test sees. */
export function lambdaClientOf(url: string, region = 'us-east-1'): LambdaClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new LambdaClient({ endpoint: url, region, credentials, maxAttempts: 1 });
}
