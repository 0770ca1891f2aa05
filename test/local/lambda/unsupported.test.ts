import * as sdk from '@aws-sdk/client-lambda';
import { GetFunctionCommand, InvokeCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawAnswer, rawRequest } from '../../helpers/raw-http.ts';
import { type EmbeddedLambda, SIGNED_FOR_LAMBDA, startEmbeddedLambda } from './embedded-lambda.ts';

const SUPPORTED = [
  'Invoke',
  'GetFunction',
  'GetFunctionConfiguration',
  'UpdateFunctionConfiguration',
  'ListFunctions',
  'DeleteFunction',
  'PublishVersion',
  'ListVersionsByFunction',
  'CreateAlias',
  'GetAlias',
  'UpdateAlias',
  'DeleteAlias',
  'ListAliases',
  'PutFunctionConcurrency',
  'GetFunctionConcurrency',
  'DeleteFunctionConcurrency',
  'GetAccountSettings',
];

/** All operations that the SDK knows, with the method and the path of each. */
const OPERATIONS = Object.values(sdk as unknown as Record<string, unknown>)
  .filter((value): value is [9, string, string, { http: [string, string, number] }] => Array.isArray(value) && value[0] === 9)
  .map(([, , name, { http }]) => ({ name, method: http[0], path: http[1].replaceAll(/\{\w+\}/g, 'echo') }));

let lambda: EmbeddedLambda;
beforeAll(async () => {
  lambda = await startEmbeddedLambda();
});
afterAll(() => lambda[Symbol.asyncDispose]());

const send = (method: string, path: string, body?: string): Promise<RawAnswer> =>
  rawRequest(lambda.endpoint.url, {
    method,
    path,
    headers: { authorization: SIGNED_FOR_LAMBDA },
    ...(body === undefined ? {} : { body }),
  });

describe('operations', () => {
  test('the SDK has those that are supported here', () => {
    expect(OPERATIONS.map(({ name }) => name)).toEqual(expect.arrayContaining(SUPPORTED));
  });

  test.each(OPERATIONS.filter(({ name }) => !SUPPORTED.includes(name)))(
    '$name is named as not there',
    async ({ name, method, path }) => {
      const { status, headers, body } = await send(method, path);
      expect({ status, type: headers['x-amzn-errortype'] }).toEqual({ status: 501, type: 'NotImplemented' });
      expect(JSON.parse(body).message).toMatch(new RegExp(`^${name} is not implemented by the embedded Lambda: `));
    },
  );

  test('UpdateFunctionCode says what to do instead', async () => {
    const call = new UpdateFunctionCodeCommand({ FunctionName: 'echo', ZipFile: Buffer.from('PK') });
    await expect(lambda.client.send(call)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('change the code and build the template again'),
    });
  });

  test.each([
    ['GET', '/'],
    ['PATCH', '/2015-03-31/functions/echo'],
    ['POST', '/2015-03-31/functions//invocations'],
    ['GET', '/2015-03-31/functions/echo/nothing'],
    ['GET', '/1999-01-01/functions'],
  ])('%s %s is no operation of Lambda', async (method, path) => {
    const { status, headers, body } = await send(method, path);
    expect({ status, type: headers['x-amzn-errortype'] }).toEqual({ status: 404, type: 'UnknownOperationException' });
    expect(JSON.parse(body).message).toContain(`${method} ${path}`);
  });

  test('a slash at the end of a path is that of the aws CLI', async () => {
    expect((await send('GET', '/2015-03-31/functions/')).status).toBe(200);
    expect((await send('GET', '/2016-08-19/account-settings/')).status).toBe(200);
  });

  test('a path that is wrongly encoded is a name that is none', async () => {
    const { body, headers } = await send('GET', '/2015-03-31/functions/%E0%A4%A');
    expect(headers['x-amzn-errortype']).toBe('ValidationException');
    expect(JSON.parse(body).message).toContain('%E0%A4%A');
  });
});

describe('errors', () => {
  test('are in the form of REST-JSON, each with the spelling of its own model', async () => {
    const { status, headers, body } = await send('GET', '/2015-03-31/functions/none');
    expect(status).toBe(404);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-errortype': 'ResourceNotFoundException',
      'x-amzn-requestid': expect.stringMatching(/^[-0-9a-f]{36}$/),
    });
    expect(JSON.parse(body)).toEqual({
      Type: 'User',
      Message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:none',
    });
    const invalid = await send('DELETE', '/2015-03-31/functions/echo?Qualifier=live');
    expect(JSON.parse(invalid.body)).toEqual({ Type: 'User', message: 'Deletion of aliases is not currently supported.' });
  });

  test.each(['{', '[]', 'null', '"text"', '1'])('a body of settings that is %s is refused', async (body) => {
    const answer = await send('PUT', '/2015-03-31/functions/echo/configuration', body);
    expect({ status: answer.status, type: answer.headers['x-amzn-errortype'] }).toEqual({
      status: 400,
      type: 'SerializationException',
    });
  });

  test('members that no model has are refused by name', async () => {
    const answer = await send('PUT', '/2015-03-31/functions/echo/configuration', '{"MemorySise":1024}');
    expect(JSON.parse(answer.body).message).toMatch(/^Cannot set MemorySise with UpdateFunctionConfiguration/);
    const polluting = await send('PUT', '/2015-03-31/functions/echo/configuration', '{"__proto__":{"x":1}}');
    expect(polluting.status).toBe(400);
  });
});

describe('settings of the endpoint', () => {
  const invoke = () => lambda.client.send(new InvokeCommand({ FunctionName: 'echo' }));

  test('a fault hits its operation', async () => {
    lambda.endpoint.configure('lambda', {
      faults: [{ operation: 'Invoke', times: 1, answer: { status: 502, code: 'EFSIOException', message: 'as set' } }],
    });
    expect(await lambda.client.send(new GetFunctionCommand({ FunctionName: 'echo' }))).toBeDefined();
    await expect(invoke()).rejects.toMatchObject({ name: 'EFSIOException', message: 'as set' });
    expect(await invoke()).toMatchObject({ StatusCode: 200 });
  });

  test('a throttle answers as Lambda does', async () => {
    lambda.endpoint.configure('lambda', { throttle: { ratePerSecond: 0.001, burst: 1 } });
    await invoke();
    await expect(invoke()).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate exceeded',
      Reason: 'CallerRateLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
    lambda.endpoint.configure('lambda', {});
  });
});
