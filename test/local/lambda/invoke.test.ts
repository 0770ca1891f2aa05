import { GetFunctionCommand, InvokeCommand, type InvokeCommandInput, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../../helpers/raw-http.ts';
import { ARN, type EmbeddedLambda, SIGNED_FOR_LAMBDA, startEmbeddedLambda } from './embedded-lambda.ts';

let lambda: EmbeddedLambda;
beforeAll(async () => {
  lambda = await startEmbeddedLambda({
    functions: {
      echo: { aliasName: 'live', run: (event, { invocation, settings }) => ({ event, invocation, version: settings.version }) },
      broken: {
        run() {
          throw new RangeError('no such number');
        },
      },
    },
  });
});
afterAll(() => lambda[Symbol.asyncDispose]());

const call = (input: Partial<InvokeCommandInput>) => lambda.client.send(new InvokeCommand({ FunctionName: 'echo', ...input }));

async function invokeJson(input: Partial<InvokeCommandInput>) {
  const { Payload, ...answer } = await call(input);
  return { ...answer, value: JSON.parse(Payload?.transformToString() ?? 'null') };
}

test('Invoke gives the event to the function and what it returns to the caller', async () => {
  const { value, $metadata, StatusCode, ExecutedVersion, FunctionError, LogResult } = await invokeJson({
    Payload: '{"key":"ü 😀"}',
  });
  expect(value.event).toEqual({ key: 'ü 😀' });
  expect(value.invocation).toMatchObject({ requestId: $metadata.requestId, invokedFunctionArn: `${ARN}:echo` });
  expect({ StatusCode, ExecutedVersion, FunctionError, LogResult }).toEqual({
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    FunctionError: undefined,
    LogResult: undefined,
  });
});

test('the event arrives as it was sent, digit by digit', async () => {
  const payload = ' {"big": 12345678901234567890.10,\n"x":1e2} ';
  const { value } = await invokeJson({ Payload: payload });
  expect(value.invocation.payload).toBe(payload);
});

test('without a payload the event is an empty object', async () => {
  expect((await invokeJson({})).value.event).toEqual({});
});

test('LogType Tail gives the end of the log', async () => {
  const { LogResult = '', $metadata } = await call({ LogType: 'Tail' });
  const log = Buffer.from(LogResult, 'base64').toString();
  expect(log).toContain(`START RequestId: ${$metadata.requestId} Version: $LATEST\n`);
  expect(log).toMatch(/REPORT RequestId: .*Memory Size: 512 MB/);
});

test('what a function throws is a function error, with status 200', async () => {
  const { StatusCode, FunctionError, value } = await invokeJson({ FunctionName: 'broken' });
  expect({ StatusCode, FunctionError }).toEqual({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(value).toMatchObject({ errorType: 'RangeError', errorMessage: 'no such number' });
});

test('DryRun answers 204 and runs nothing', async () => {
  await using idle = await startEmbeddedLambda();
  const dryRun = (FunctionName: string) => idle.client.send(new InvokeCommand({ FunctionName, InvocationType: 'DryRun' }));
  expect(await dryRun('echo')).toMatchObject({ StatusCode: 204 });
  await expect(dryRun('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(idle.fleets).toEqual([]);
});

test('the client context arrives decoded', async () => {
  const context = { custom: { tenant: 'a' } };
  const ClientContext = Buffer.from(JSON.stringify(context)).toString('base64');
  const { value } = await invokeJson({ ClientContext });
  expect(JSON.parse(value.invocation.clientContext)).toEqual(context);
});

test.each(['no base64 of JSON', Buffer.from('"text"').toString('base64'), 'e30'.repeat(1200)])(
  'a client context that is none is refused: %s',
  async (ClientContext) => {
    await expect(call({ ClientContext })).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  },
);

test('a trace header is passed on, and made where there is none', async () => {
  const made = (await invokeJson({})).value.invocation.traceId;
  expect(made).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  const given = 'Root=1-6735a5bb-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1';
  const { headers, body } = await rawRequest(lambda.endpoint.url, {
    method: 'POST',
    path: '/2015-03-31/functions/echo/invocations',
    headers: { authorization: SIGNED_FOR_LAMBDA, 'x-amzn-trace-id': given },
    body: '{}',
  });
  expect(JSON.parse(body).invocation.traceId).toBe(given);
  expect(headers['x-amzn-trace-id']).toBe(given);
});

test.each(['{', 'undefined', ' ', '{"a":1}x', Buffer.from([0x22, 0x87, 0x22])])(
  'a payload that is no JSON is refused: %s',
  async (Payload) => {
    await expect(call({ Payload })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
      message: expect.stringMatching(/^Could not parse request body into json: /),
      $metadata: { httpStatusCode: 400 },
    });
  },
);

describe('names', () => {
  test.each([
    ['echo', '$LATEST', `${ARN}:echo`],
    ['echo:$LATEST', '$LATEST', `${ARN}:echo:$LATEST`],
    ['echo:1', '1', `${ARN}:echo:1`],
    ['echo:live', '1', `${ARN}:echo:live`],
    ['function:echo', '$LATEST', `${ARN}:echo`],
    ['123456789012:function:echo', '$LATEST', `${ARN}:echo`],
    ['123456789012:function:echo:live', '1', `${ARN}:echo:live`],
    [`${ARN}:echo`, '$LATEST', `${ARN}:echo`],
    [`${ARN}:echo:1`, '1', `${ARN}:echo:1`],
    [`${ARN}:echo:live`, '1', `${ARN}:echo:live`],
  ])('%s means version %s', async (FunctionName, version, arn) => {
    const { value, ExecutedVersion } = await invokeJson({ FunctionName });
    expect({ ExecutedVersion, version: value.version, arn: value.invocation.invokedFunctionArn }).toEqual({
      ExecutedVersion: version,
      version,
      arn,
    });
  });

  test('a qualifier may come beside the name, and may be in both if they are the same', async () => {
    expect(await invokeJson({ Qualifier: 'live' })).toMatchObject({ ExecutedVersion: '1' });
    expect(await invokeJson({ FunctionName: `${ARN}:echo:live`, Qualifier: 'live' })).toMatchObject({ ExecutedVersion: '1' });
    await expect(call({ FunctionName: 'echo:live', Qualifier: '1' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The derived qualifier from the function name does not match the specified qualifier.',
    });
  });

  test.each([
    [{ FunctionName: 'none' }, `${ARN}:none:$LATEST`],
    [{ Qualifier: '7' }, `${ARN}:echo:7`],
    [{ Qualifier: 'green' }, `${ARN}:echo:green`],
    [{ Qualifier: '$latest' }, `${ARN}:echo:$latest`],
    [{ FunctionName: '__proto__' }, `${ARN}:__proto__:$LATEST`],
  ])('%j is not found', async (input, arn) => {
    await expect(call(input)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn}`,
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test.each([
    'a b',
    'echo:live:1',
    'arn:aws:ec2:us-east-1:123456789012:instance',
    `${ARN.replace('us-east-1', '')}:echo`,
    `${ARN.replace('123456789012', '')}:echo`,
    'echo:$LATES',
    '../echo',
  ])('"%s" is no name', async (FunctionName) => {
    await expect(call({ FunctionName })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(`Value '${FunctionName}' at 'functionName' failed to satisfy constraint`),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each(['a'.repeat(129), 'a b', 'ä'])('"%s" is no qualifier', async (Qualifier) => {
    await expect(call({ Qualifier })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("at 'qualifier' failed to satisfy constraint"),
    });
  });

  test('functions of another region or account are not reachable', async () => {
    await expect(call({ FunctionName: `${ARN.replace('us-east-1', 'eu-west-1')}:echo` })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    });
    await expect(call({ FunctionName: `${ARN.replace('123456789012', '999999999999')}:echo` })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('another region has no functions', async () => {
    const client = lambda.clientFor('eu-west-1');
    expect(await client.send(new ListFunctionsCommand({}))).toMatchObject({ Functions: [] });
    await expect(client.send(new GetFunctionCommand({ FunctionName: 'echo' }))).rejects.toMatchObject({
      message: `Function not found: ${ARN.replace('us-east-1', 'eu-west-1')}:echo`,
    });
  });
});

test.each([
  [{ InvocationType: 'Later' as 'Event' }, 'ValidationException', '[Event, RequestResponse, DryRun]'],
  [{ LogType: 'All' as 'Tail' }, 'ValidationException', '[None, Tail]'],
  [{ TenantId: 'blue' }, 'InvalidParameterValueException', 'x-amz-tenant-id'],
  [{ DurableExecutionName: 'once' }, 'InvalidParameterValueException', 'x-amz-durable-execution-name'],
])('Invoke refuses %j', async (input, name, message) => {
  await expect(call(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});

test('a free environment is used again, and a second one is started only beside a busy one', async () => {
  await using fresh = await startEmbeddedLambda({ functions: { who: { run: (_event, { environment }) => environment } } });
  const who = async () => {
    const { Payload } = await fresh.client.send(new InvokeCommand({ FunctionName: 'who' }));
    return Payload?.transformToString();
  };
  expect([await who(), await who()]).toEqual(['1', '1']);
  expect(fresh.fleets).toHaveLength(1);
  expect(fresh.fleets[0]?.settings).toMatchObject({
    functionName: 'who',
    version: '$LATEST',
    memoryMb: 512,
    timeoutMs: 30_000,
    taskRoot: fresh.taskRoot,
    region: 'us-east-1',
    endpointUrl: fresh.endpoint.url,
  });
});
