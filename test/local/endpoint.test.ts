import { expect, test } from 'vitest';
import { startEmbeddedAws } from '../../local/index.ts';
import { rawRequest, SIGNED } from '../helpers/raw-http.ts';

test('the endpoint names its services to a call for another one', async () => {
  await using aws = await startEmbeddedAws();
  const authorization = SIGNED.replace('/s3/', '/sqs/');
  const answer = await rawRequest(aws.url, { path: '/', headers: { authorization } });
  expect(answer.status).toBe(501);
  expect(answer.body).toContain('The embedded AWS has no service &quot;sqs&quot;; it has s3');
});

test('the endpoint takes the service from a presigned URL', async () => {
  await using aws = await startEmbeddedAws();
  const query = 'X-Amz-Credential=test%2F20261120%2Fus-east-1%2Fsqs%2Faws4_request';
  const presigned = await fetch(`${aws.url}/?${query}`);
  expect(await presigned.text()).toContain('has no service &quot;sqs&quot;');
});

test('the endpoint answers several requests on one connection', async () => {
  await using aws = await startEmbeddedAws();
  const statuses: number[] = [];
  for (let time = 0; time < 3; time += 1) {
    const response = await fetch(`${aws.url}/none`, { method: 'HEAD', headers: { authorization: SIGNED } });
    statuses.push(response.status);
  }
  expect(statuses).toEqual([404, 404, 404]);
});

test('configure() refuses a service that the endpoint does not have', async () => {
  await using aws = await startEmbeddedAws();
  expect(() => aws.configure('sqs' as 's3', {})).toThrow(/Cannot set sqs: the endpoint has s3/);
});

test('close() ends the port, also under open connections', async () => {
  const aws = await startEmbeddedAws();
  await fetch(aws.url, { headers: { authorization: SIGNED } });
  await aws.close();
  await expect(fetch(aws.url)).rejects.toThrow();
});

test('close() may be called again, also before the first call has ended', async () => {
  await using aws = await startEmbeddedAws();
  await Promise.all([aws.close(), aws.close()]);
  await aws.close();
});
