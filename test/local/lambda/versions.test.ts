import {
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  type PublishVersionCommandInput,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test, vi } from 'vitest';
import { gate } from '../../helpers/gate.ts';
import { ARN, type EmbeddedLambda, startEmbeddedLambda } from './embedded-lambda.ts';

const publish = ({ client }: EmbeddedLambda, input: Partial<PublishVersionCommandInput> = {}) =>
  client.send(new PublishVersionCommand({ FunctionName: 'echo', ...input }));

const setMemory = ({ client }: EmbeddedLambda, MemorySize: number) =>
  client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', MemorySize }));

const remove = ({ client }: EmbeddedLambda, FunctionName: string, Qualifier?: string) =>
  client.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));

async function invokedMemory({ client }: EmbeddedLambda, Qualifier?: string): Promise<number> {
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'echo', Qualifier }));
  return Number(Payload?.transformToString());
}

async function versionNumbers({ client }: EmbeddedLambda): Promise<(string | undefined)[]> {
  const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'echo' }));
  return Versions.map(({ Version }) => Version);
}

/** A function that answers with the memory of the environment it runs in. */
const startWithMemory = () => startEmbeddedLambda({ functions: { echo: { run: (_event, { settings }) => settings.memoryMb } } });

describe('PublishVersion', () => {
  test('versions keep their memory, and have environments of their own', async () => {
    await using lambda = await startWithMemory();
    await publish(lambda);
    await setMemory(lambda, 1024);
    expect(await publish(lambda)).toMatchObject({
      Version: '2',
      FunctionArn: `${ARN}:echo:2`,
      MemorySize: 1024,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      $metadata: { httpStatusCode: 201 },
    });
    await setMemory(lambda, 2048);
    expect(await invokedMemory(lambda, '1')).toBe(512);
    expect(await invokedMemory(lambda, '2')).toBe(1024);
    expect(await invokedMemory(lambda)).toBe(2048);
    expect(await invokedMemory(lambda, '1')).toBe(512);
    expect(lambda.fleets.map(({ settings: { version, memoryMb } }) => [version, memoryMb])).toEqual([
      ['1', 512],
      ['2', 1024],
      ['$LATEST', 2048],
    ]);
  });

  test('nothing new is published while nothing has changed, whatever the description', async () => {
    await using lambda = await startWithMemory();
    const first = await publish(lambda, { Description: 'first' });
    expect(first).toMatchObject({ Version: '1', Description: 'first' });
    const again = await publish(lambda, { Description: 'again' });
    expect(again).toMatchObject({ Version: '1', Description: 'first', RevisionId: first.RevisionId });
    await lambda.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', Description: 'second' }));
    expect(await publish(lambda)).toMatchObject({ Version: '2', Description: 'second' });
    expect(await versionNumbers(lambda)).toEqual(['$LATEST', '1', '2']);
  });

  test('a configuration that changed and changed back is not new', async () => {
    await using lambda = await startWithMemory();
    await publish(lambda);
    await setMemory(lambda, 1024);
    await setMemory(lambda, 512);
    expect(await publish(lambda)).toMatchObject({ Version: '1' });
  });

  test('callers at once publish one version', async () => {
    await using lambda = await startWithMemory();
    await publish(lambda);
    // The code has to be read before it can be compared: time enough for all of them to come to the same conclusion.
    await lambda.service.replaceCode('echo', await lambda.build('exports.handler = async () => 2;'));
    const published = await Promise.all(Array.from({ length: 5 }, () => publish(lambda)));
    expect(published.map(({ Version }) => Version)).toEqual(['2', '2', '2', '2', '2']);
  });

  test('CodeSha256 and RevisionId have to be those of $LATEST', async () => {
    await using lambda = await startWithMemory();
    const { CodeSha256, RevisionId } = await lambda.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo' }));
    await expect(publish(lambda, { CodeSha256: 'other' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `CodeSHA256 (other) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    });
    await expect(publish(lambda, { RevisionId: 'other' })).rejects.toMatchObject({ name: 'PreconditionFailedException' });
    expect(await publish(lambda, { CodeSha256, RevisionId })).toMatchObject({ Version: '1', CodeSha256 });
  });

  test.each([
    [{ FunctionName: 'none' }, 'ResourceNotFoundException', `Function not found: ${ARN}:none`],
    [{ FunctionName: 'echo:1' }, 'InvalidParameterValueException', 'permitted on Lambda functions only'],
    [{ Description: 'x'.repeat(257) }, 'ValidationException', 'length less than or equal to 256'],
    [{ PublishTo: 'LATEST_PUBLISHED' as const }, 'InvalidParameterValueException', 'Cannot set PublishTo with PublishVersion'],
  ])('refuses %j', async (input, name, message) => {
    await using lambda = await startWithMemory();
    await expect(publish(lambda, input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });
});

describe('lists', () => {
  test('ListVersionsByFunction has $LATEST first, and pages', async () => {
    await using lambda = await startWithMemory();
    for (const memoryMb of [1024, 2048, 3072]) {
      await setMemory(lambda, memoryMb);
      await publish(lambda);
    }
    const list = (Marker?: string) =>
      lambda.client.send(new ListVersionsByFunctionCommand({ FunctionName: 'echo', MaxItems: 3, Marker }));
    const first = await list();
    expect(first.Versions?.map(({ FunctionArn, MemorySize }) => [FunctionArn, MemorySize])).toEqual([
      [`${ARN}:echo:$LATEST`, 3072],
      [`${ARN}:echo:1`, 1024],
      [`${ARN}:echo:2`, 2048],
    ]);
    expect(first.Versions?.[0]?.State).toBeUndefined();
    const second = await list(first.NextMarker);
    expect(second.Versions?.map(({ Version }) => Version)).toEqual(['3']);
    expect(second.NextMarker).toBeUndefined();
  });

  test('ListFunctions pages by 50 at most, in the order of names', async () => {
    const names = Array.from({ length: 51 }, (_, index) => `f${String(index).padStart(2, '0')}`);
    await using lambda = await startEmbeddedLambda({
      functions: Object.fromEntries(names.toReversed().map((name) => [name, {}])),
    });
    const pages: (string | undefined)[][] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda.client, pageSize: 1000 }, {})) {
      pages.push(Functions.map(({ FunctionName }) => FunctionName));
    }
    expect(pages).toEqual([names.slice(0, 50), names.slice(50)]);
    expect(lambda.service.functionNames.toSorted()).toEqual(names);
  });

  test('ListFunctions has all versions if asked for', async () => {
    await using lambda = await startEmbeddedLambda({ functions: { a: { aliasName: 'live' }, b: {} } });
    const list = async (FunctionVersion?: 'ALL') =>
      (await lambda.client.send(new ListFunctionsCommand({ FunctionVersion }))).Functions?.map(({ FunctionArn }) => FunctionArn);
    expect(await list()).toEqual([`${ARN}:a`, `${ARN}:b`]);
    expect(await list('ALL')).toEqual([`${ARN}:a:$LATEST`, `${ARN}:a:1`, `${ARN}:b:$LATEST`]);
  });

  test.each([
    [{ MaxItems: 0 }, 'ValidationException'],
    [{ MaxItems: 10_001 }, 'ValidationException'],
    [{ Marker: 'nonsense' }, 'InvalidParameterValueException'],
    [{ FunctionVersion: 'SOME' as 'ALL' }, 'ValidationException'],
    [{ MasterRegion: 'ALL' }, 'InvalidParameterValueException'],
  ])('ListFunctions refuses %j', async (input, name) => {
    await using lambda = await startEmbeddedLambda();
    await expect(lambda.client.send(new ListFunctionsCommand(input))).rejects.toMatchObject({ name });
  });
});

describe('DeleteFunction', () => {
  test('deletes a function with all its versions', async () => {
    await using lambda = await startWithMemory();
    await publish(lambda);
    await invokedMemory(lambda, '1');
    await invokedMemory(lambda);
    expect(await remove(lambda, 'echo')).toMatchObject({ $metadata: { httpStatusCode: 204 } });
    expect(lambda.fleets.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(lambda.service.functionNames).toEqual([]);
    await expect(invokedMemory(lambda, '1')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(remove(lambda, 'echo')).rejects.toMatchObject({ message: `Function not found: ${ARN}:echo` });
  });

  test('deletes one version, whose number is not used again', async () => {
    await using lambda = await startWithMemory();
    await publish(lambda);
    await invokedMemory(lambda, '1');
    await remove(lambda, 'echo', '1');
    expect(lambda.fleets[0]?.isClosed).toBe(true);
    expect(await versionNumbers(lambda)).toEqual(['$LATEST']);
    await remove(lambda, 'echo', '1');
    expect(await publish(lambda)).toMatchObject({ Version: '2' });
  });

  test('lets an invocation end that is running', async () => {
    const { passed, open } = gate();
    const { passed: running, open: start } = gate();
    await using lambda = await startEmbeddedLambda({
      functions: {
        echo: {
          async run() {
            start();
            await passed;
            return 'done';
          },
        },
      },
    });
    const answer = lambda.client.send(new InvokeCommand({ FunctionName: 'echo' }));
    await running;
    await remove(lambda, 'echo');
    expect(lambda.fleets.map(({ isRetired, isClosed }) => [isRetired, isClosed])).toEqual([[true, false]]);
    open();
    expect((await answer).Payload?.transformToString()).toBe('"done"');
    await vi.waitFor(() => expect(lambda.fleets[0]?.isClosed).toBe(true));
  });

  test.each([
    ['live', 'InvalidParameterValueException', 'Deletion of aliases is not currently supported.'],
    ['$LATEST', 'InvalidParameterValueException', '$LATEST version cannot be deleted without deleting the function.'],
    ['1', 'ResourceConflictException', 'Unable to delete version because the following aliases reference it: [live]'],
  ])('refuses %s', async (qualifier, name, message) => {
    await using lambda = await startWithMemory();
    await publish(lambda);
    await lambda.client.send(new CreateAliasCommand({ FunctionName: 'echo', Name: 'live', FunctionVersion: '1' }));
    await expect(remove(lambda, 'echo', qualifier)).rejects.toMatchObject({ name, message });
    expect(await versionNumbers(lambda)).toEqual(['$LATEST', '1']);
  });
});
