import { createHash } from 'node:crypto';
import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
  waitUntilFunctionActiveV2,
  waitUntilFunctionExists,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ARN, type EmbeddedLambda, startEmbeddedLambda } from './embedded-lambda.ts';

type Update = Omit<UpdateFunctionConfigurationCommandInput, 'FunctionName'>;

const update = ({ client }: EmbeddedLambda, input: Update) =>
  client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', ...input }));

const configuration = ({ client }: EmbeddedLambda, FunctionName = 'echo') =>
  client.send(new GetFunctionConfigurationCommand({ FunctionName }));

const withoutMetadata = ({ $metadata: _, ...rest }: GetFunctionConfigurationCommandOutput) => rest;

describe('GetFunction', () => {
  test('has what the template says', async () => {
    await using lambda = await startEmbeddedLambda({
      functions: { echo: { description: 'Echoes', variables: { STAGE: 'dev' } } },
      now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    });
    const { Configuration, Code, Concurrency } = await lambda.client.send(new GetFunctionCommand({ FunctionName: 'echo' }));
    const code = 'exports.handler = async (event) => event;';
    expect(Configuration).toEqual({
      FunctionName: 'echo',
      FunctionArn: `${ARN}:echo`,
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::123456789012:role/echo',
      Handler: 'index.handler',
      CodeSize: code.length,
      Description: 'Echoes',
      Timeout: 30,
      MemorySize: 512,
      LastModified: '2026-01-02T03:04:05.006+0000',
      CodeSha256: createHash('sha256').update(`index.js\0${code}\0${code.length}\0`).digest('base64'),
      Version: '$LATEST',
      Environment: { Variables: { STAGE: 'dev' } },
      TracingConfig: { Mode: 'PassThrough' },
      RevisionId: expect.stringMatching(/^[-0-9a-f]{36}$/),
      PackageType: 'Zip',
      Architectures: ['arm64'],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: '/aws/lambda/echo' },
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    expect(Code?.Location).toBe(`file://${lambda.taskRoot}`);
    expect(Concurrency).toBeUndefined();
    expect(withoutMetadata(await configuration(lambda))).toEqual(Configuration);
  });

  test('has the ARN that it was asked for', async () => {
    await using lambda = await startEmbeddedLambda({ functions: { echo: { aliasName: 'live' } } });
    const arns = await Promise.all(
      ['echo', 'echo:$LATEST', 'echo:1', 'echo:live'].map(async (name) => (await configuration(lambda, name)).FunctionArn),
    );
    expect(arns).toEqual([`${ARN}:echo`, `${ARN}:echo:$LATEST`, `${ARN}:echo:1`, `${ARN}:echo:live`]);
    expect(await configuration(lambda, 'echo:live')).toMatchObject({ Version: '1' });
    await expect(configuration(lambda, 'echo:2')).rejects.toMatchObject({ message: `Function not found: ${ARN}:echo:2` });
    await expect(configuration(lambda, 'none')).rejects.toMatchObject({ message: `Function not found: ${ARN}:none` });
  });

  test('a folder that has gone is an error, and the function still answers for what does not need it', async () => {
    await using lambda = await startEmbeddedLambda();
    await lambda.service.replaceCode('echo', `${lambda.taskRoot}/none`);
    await expect(configuration(lambda)).rejects.toMatchObject({ name: 'ServiceException', message: /ENOENT/ });
    expect(await lambda.client.send(new InvokeCommand({ FunctionName: 'echo' }))).toMatchObject({ StatusCode: 200 });
  });
});

describe('UpdateFunctionConfiguration', () => {
  let lambda: EmbeddedLambda;
  beforeAll(async () => {
    lambda = await startEmbeddedLambda();
  });
  afterAll(() => lambda[Symbol.asyncDispose]());

  test.each<Update>([
    { MemorySize: 128 },
    { MemorySize: 10_240 },
    { Timeout: 1 },
    { Timeout: 900 },
    { Description: 'new' },
    { Description: '' },
    { Handler: 'other.handler' },
    { Runtime: 'nodejs22.x' },
    { Role: 'arn:aws:iam::123456789012:role/other' },
    { Environment: { Variables: { A_1: 'ü', B2: '' } } },
    { LoggingConfig: { LogFormat: 'Text' } },
  ])('sets %j and nothing else', async (input) => {
    const before = await configuration(lambda);
    const { $metadata: _, ...after } = await update(lambda, input);
    const expected = { ...withoutMetadata(before), ...input, RevisionId: after.RevisionId, LastModified: after.LastModified };
    if (input.LoggingConfig) expected.LoggingConfig = { LogGroup: '/aws/lambda/echo', ...input.LoggingConfig };
    expect(after).toEqual(expected);
    expect(after.RevisionId).not.toBe(before.RevisionId);
    expect(withoutMetadata(await configuration(lambda))).toMatchObject({ ...after, RevisionId: expect.any(String) });
  });

  test('an Environment without Variables has none', async () => {
    await update(lambda, { Environment: { Variables: { A1: '1' } } });
    expect((await update(lambda, { Environment: {} })).Environment).toBeUndefined();
  });

  test('the next invocation is a cold start with the new configuration; the old environments end', async () => {
    await using other = await startEmbeddedLambda();
    const invoke = () => other.client.send(new InvokeCommand({ FunctionName: 'echo' }));
    await invoke();
    await update(other, { MemorySize: 1024, Timeout: 5, Environment: { Variables: { STAGE: 'dev' } } });
    expect(other.fleets.map(({ isClosed }) => isClosed)).toEqual([true]);
    await invoke();
    expect(other.fleets.map(({ settings }) => settings)).toMatchObject([
      { memoryMb: 512, timeoutMs: 30_000, variables: {} },
      { memoryMb: 1024, timeoutMs: 5000, variables: { STAGE: 'dev' } },
    ]);
  });

  test.each<[Update, string, string]>([
    [
      { MemorySize: 127 },
      'ValidationException',
      "Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
    ],
    [{ MemorySize: 10_241 }, 'ValidationException', 'Member must have value less than or equal to 10240'],
    [{ MemorySize: 128.5 }, 'SerializationException', 'memorySize must be an integer, got 128.5'],
    [{ Timeout: 0 }, 'ValidationException', 'Member must have value greater than or equal to 1'],
    [{ Timeout: 901 }, 'ValidationException', 'Member must have value less than or equal to 900'],
    [{ Description: 'x'.repeat(257) }, 'ValidationException', 'length less than or equal to 256'],
    [{ Handler: 'a b' }, 'ValidationException', "at 'handler' failed"],
    [
      { Role: 'r1' },
      'ValidationException',
      "Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression",
    ],
    [
      { Runtime: 'python3.13' },
      'InvalidParameterValueException',
      "Value python3.13 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs22.x, nodejs24.x]",
    ],
    [
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
      'Reserved keys used in this request: AWS_REGION',
    ],
    [{ Environment: { Variables: { '1A': 'x' } } }, 'ValidationException', "Value '1A' at 'environment.variables' failed"],
    [{ LoggingConfig: { LogFormat: 'XML' as 'JSON' } }, 'InvalidParameterValueException', 'enum value set: [JSON, Text]'],
    [{ LoggingConfig: { LogGroup: 'x' } }, 'InvalidParameterValueException', 'Cannot set LoggingConfig.LogGroup'],
    [
      { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:x:1'] },
      'InvalidParameterValueException',
      'Cannot set Layers with UpdateFunctionConfiguration: the embedded Lambda has Description, Handler, MemorySize,',
    ],
    [{ VpcConfig: { SubnetIds: ['subnet-1'] } }, 'InvalidParameterValueException', 'Cannot set VpcConfig'],
    [{ EphemeralStorage: { Size: 1024 } }, 'InvalidParameterValueException', 'Cannot set EphemeralStorage'],
    [{ SnapStart: { ApplyOn: 'PublishedVersions' } }, 'InvalidParameterValueException', 'Cannot set SnapStart'],
    [{ TracingConfig: { Mode: 'Active' } }, 'InvalidParameterValueException', 'Cannot set TracingConfig'],
  ])('refuses %j and changes nothing', async (input, name, message) => {
    const before = await configuration(lambda);
    await expect(update(lambda, { Description: 'changed', ...input })).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(withoutMetadata(await configuration(lambda))).toEqual(withoutMetadata(before));
  });

  test('4 KB of variables are the most, measured as JSON', async () => {
    const variables = (byteCount: number) => ({
      Environment: { Variables: { BIG: 'x'.repeat(byteCount - '{"BIG":""}'.length) } },
    });
    await update(lambda, variables(4096));
    await expect(update(lambda, variables(4097))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('exceeded the 4KB limit. String measured: {"BIG":"xxx'),
    });
  });

  test('a variable with a null character is refused: no process could be started with it', async () => {
    await expect(update(lambda, { Environment: { Variables: { TEXT: 'a\0b' } } })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('contain a null character: TEXT'),
    });
  });

  test('is for whole functions only', async () => {
    const onVersion = new UpdateFunctionConfigurationCommand({ FunctionName: 'echo:1', Timeout: 1 });
    await expect(lambda.client.send(onVersion)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('This operation is permitted on Lambda functions only.'),
    });
  });

  test('a RevisionId has to be the latest', async () => {
    const { RevisionId: old } = await configuration(lambda);
    const { RevisionId } = await update(lambda, { Timeout: 4, RevisionId: old });
    await expect(update(lambda, { Timeout: 5, RevisionId: old })).rejects.toMatchObject({
      name: 'PreconditionFailedException',
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      $metadata: { httpStatusCode: 412 },
    });
    expect(RevisionId).not.toBe(old);
  });
});

describe('while an update is in progress', () => {
  let nowMs = Date.UTC(2026, 0, 1);
  let lambda: EmbeddedLambda;
  beforeAll(async () => {
    lambda = await startEmbeddedLambda({ now: () => nowMs, limits: { updateMs: 100 } });
  });
  afterAll(() => lambda[Symbol.asyncDispose]());

  test('the function says so, refuses other changes, and still answers', async () => {
    const { client } = lambda;
    const updated = await update(lambda, { MemorySize: 1024 });
    expect(updated).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'InProgress',
      LastUpdateStatusReasonCode: 'Creating',
      MemorySize: 1024,
    });
    nowMs += 99;
    expect(await configuration(lambda)).toMatchObject({ LastUpdateStatus: 'InProgress', RevisionId: updated.RevisionId });
    const conflict = {
      name: 'ResourceConflictException',
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}:echo`,
      Type: 'User',
      $metadata: { httpStatusCode: 409 },
    };
    await expect(update(lambda, { MemorySize: 2048 })).rejects.toMatchObject(conflict);
    await expect(client.send(new PublishVersionCommand({ FunctionName: 'echo' }))).rejects.toMatchObject(conflict);
    expect(await client.send(new InvokeCommand({ FunctionName: 'echo' }))).toMatchObject({ StatusCode: 200 });
    nowMs += 1;
    const settled = await configuration(lambda);
    expect(settled).toMatchObject({ LastUpdateStatus: 'Successful', MemorySize: 1024 });
    expect(settled.LastUpdateStatusReason).toBeUndefined();
    expect(settled.RevisionId).not.toBe(updated.RevisionId);
    await update(lambda, { MemorySize: 2048, RevisionId: settled.RevisionId });
  });
});

test('the waiters of the SDK come to an end', async () => {
  // Longer than a waiter's first question takes to arrive.
  await using lambda = await startEmbeddedLambda({ limits: { updateMs: 500 } });
  const { client } = lambda;
  const waiter = { client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  const FunctionName = 'echo';
  expect(await waitUntilFunctionExists(waiter, { FunctionName })).toMatchObject({ state: 'SUCCESS' });
  expect(await waitUntilFunctionActiveV2(waiter, { FunctionName })).toMatchObject({ state: 'SUCCESS' });
  await update(lambda, { MemorySize: 1024 });
  expect(await waitUntilFunctionUpdatedV2(waiter, { FunctionName })).toMatchObject({ state: 'SUCCESS' });
  const { Version } = await client.send(new PublishVersionCommand({ FunctionName }));
  expect(await waitUntilPublishedVersionActive(waiter, { FunctionName, Qualifier: Version })).toMatchObject({
    state: 'SUCCESS',
  });
});
