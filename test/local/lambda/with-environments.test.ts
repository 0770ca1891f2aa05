import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, PublishVersionCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startEndpoint } from '../../../local/endpoint/endpoint.ts';
import { createEnvironmentFleet } from '../../../local/lambda/environment/environment-fleet.ts';
import { detectResourceControl } from '../../../local/lambda/environment/limits/resource-control.ts';
import { createLambdaService } from '../../../local/lambda/lambda-service.ts';
import { ACCOUNT, ARN, functionModel } from './embedded-lambda.ts';
import { lambdaClientOf } from './lambda-client.ts';

const CODE = `
let invocationCount = 0;
exports.handler = async (event, context) => {
  invocationCount += 1;
  if (event.fail) throw new RangeError('no such number');
  console.log('said by the function');
  return {
    event,
    invocationCount,
    memoryMb: context.memoryLimitInMB,
    version: context.functionVersion,
    arn: context.invokedFunctionArn,
    requestId: context.awsRequestId,
    tenant: context.clientContext?.custom?.tenant,
    stage: process.env.STAGE,
    endpointUrl: process.env.AWS_ENDPOINT_URL,
  };
};
`;

const control = detectResourceControl();
const logged: string[] = [];
let taskRoot: string;
let lambda: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  taskRoot = await mkdtemp(join(tmpdir(), 'embedded-lambda-'));
  await writeFile(join(taskRoot, 'index.js'), CODE);
  lambda = await start();
});
afterAll(async () => {
  await lambda.close();
  await rm(taskRoot, { recursive: true });
});

async function start() {
  const service = createLambdaService({
    functions: [{ model: functionModel('real', { memoryMb: 1769, logFormat: 'Text' }), taskRoot }],
    account: ACCOUNT,
    openFleet: (settings) => createEnvironmentFleet(settings, { control, onLog: ({ text }) => logged.push(text) }),
    endpointUrl: () => endpoint.url,
    limits: { updateMs: 0, asyncRetryDelayMs: 1 },
  });
  const endpoint = await startEndpoint([service]);
  const client = lambdaClientOf(endpoint.url);
  const close = async (): Promise<void> => {
    client.destroy();
    await endpoint.close();
    await service.close();
  };
  return { service, endpoint, client, close };
}

async function invoke(event: object, input: object = {}) {
  const Payload = JSON.stringify(event);
  const answer = await lambda.client.send(new InvokeCommand({ FunctionName: 'real', Payload, ...input }));
  return { ...answer, value: JSON.parse(answer.Payload?.transformToString() ?? '') };
}

test('an execution environment runs what Invoke was given, and is used again', async () => {
  const ClientContext = Buffer.from('{"custom":{"tenant":"blue"}}').toString('base64');
  const first = await invoke({ n: 1 }, { ClientContext, LogType: 'Tail' });
  expect(first.value).toEqual({
    event: { n: 1 },
    invocationCount: 1,
    memoryMb: '1769',
    version: '$LATEST',
    arn: `${ARN}:real`,
    requestId: first.$metadata.requestId,
    tenant: 'blue',
    endpointUrl: lambda.endpoint.url,
  });
  const log = Buffer.from(first.LogResult ?? '', 'base64').toString();
  expect(log).toContain('said by the function');
  expect(log).toMatch(/REPORT RequestId: .*Memory Size: 1769 MB.*Init Duration: /);
  expect((await invoke({ n: 2 })).value).toMatchObject({ event: { n: 2 }, invocationCount: 2 });
});

test('an error of the function is a function error', async () => {
  const { FunctionError, StatusCode, value } = await invoke({ fail: true });
  expect({ FunctionError, StatusCode }).toEqual({ FunctionError: 'Unhandled', StatusCode: 200 });
  expect(value).toMatchObject({ errorType: 'RangeError', errorMessage: 'no such number' });
});

test('a published version keeps its memory and variables beside a $LATEST that changed', async () => {
  await lambda.client.send(new PublishVersionCommand({ FunctionName: 'real' }));
  const Environment = { Variables: { STAGE: 'dev' } };
  await lambda.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'real', MemorySize: 3008, Environment }));
  const [published, latest] = await Promise.all([invoke({}, { Qualifier: '1' }), invoke({})]);
  expect(published.value).toMatchObject({ version: '1', memoryMb: '1769', arn: `${ARN}:real:1`, invocationCount: 1 });
  expect(published.value.stage).toBeUndefined();
  expect(latest.value).toMatchObject({ version: '$LATEST', memoryMb: '3008', stage: 'dev', invocationCount: 1 });
});

test('an Event that fails comes again twice, as the same request', async () => {
  const { $metadata } = await lambda.client.send(
    new InvokeCommand({ FunctionName: 'real', InvocationType: 'Event', Payload: '{"fail":true}' }),
  );
  const ends = () => logged.filter((text) => text.startsWith(`END RequestId: ${$metadata.requestId}`));
  await vi.waitFor(() => expect(ends()).toHaveLength(3), { timeout: 20_000 });
});

test('6 MB go into an environment and come out again', async () => {
  const event = { text: 'x'.repeat(6_291_456 - '{"text":""}'.length) };
  const { value, FunctionError } = await invoke(event);
  // The answer has more in it than the event: just too much to be sent.
  expect({ FunctionError, errorType: value.errorType }).toEqual({
    FunctionError: 'Unhandled',
    errorType: 'Function.ResponseSizeTooLarge',
  });
});
