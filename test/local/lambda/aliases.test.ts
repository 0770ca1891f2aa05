import {
  CreateAliasCommand,
  type CreateAliasCommandInput,
  DeleteAliasCommand,
  GetAliasCommand,
  InvokeCommand,
  ListAliasesCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  type UpdateAliasCommandInput,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ARN, type EmbeddedLambda, startEmbeddedLambda } from './embedded-lambda.ts';

let lambda: EmbeddedLambda;
beforeEach(async () => {
  lambda = await startEmbeddedLambda({ functions: { echo: { run: (_event, { settings }) => settings.version } } });
  for (const MemorySize of [1024, 2048]) {
    await lambda.client.send(new PublishVersionCommand({ FunctionName: 'echo' }));
    await lambda.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', MemorySize }));
  }
});
afterEach(() => lambda[Symbol.asyncDispose]());

const create = (input: Partial<CreateAliasCommandInput> = {}) =>
  lambda.client.send(new CreateAliasCommand({ FunctionName: 'echo', Name: 'live', FunctionVersion: '1', ...input }));

const update = (input: Partial<UpdateAliasCommandInput>) =>
  lambda.client.send(new UpdateAliasCommand({ FunctionName: 'echo', Name: 'live', ...input }));

const get = (Name = 'live') => lambda.client.send(new GetAliasCommand({ FunctionName: 'echo', Name }));

async function executedVersions(count = 1): Promise<Set<string | undefined>> {
  const versions = new Set<string | undefined>();
  for (let time = 0; time < count; time += 1) {
    const { ExecutedVersion } = await lambda.client.send(new InvokeCommand({ FunctionName: 'echo', Qualifier: 'live' }));
    versions.add(ExecutedVersion);
  }
  return versions;
}

test('an alias leads to its version, and to another one when it is updated', async () => {
  const created = await create({ Description: 'what people use' });
  expect(created).toMatchObject({
    AliasArn: `${ARN}:echo:live`,
    Name: 'live',
    FunctionVersion: '1',
    Description: 'what people use',
    $metadata: { httpStatusCode: 201 },
  });
  expect(await executedVersions()).toEqual(new Set(['1']));
  const updated = await update({ FunctionVersion: '2' });
  expect(updated).toMatchObject({ FunctionVersion: '2', Description: 'what people use' });
  expect(updated.RevisionId).not.toBe(created.RevisionId);
  expect(await executedVersions()).toEqual(new Set(['2']));
  expect(await get()).toMatchObject({ FunctionVersion: '2', RevisionId: updated.RevisionId });
});

test('an alias may lead to $LATEST', async () => {
  await create({ FunctionVersion: '$LATEST' });
  expect(await executedVersions()).toEqual(new Set(['$LATEST']));
});

test('an alias shares its invocations between two versions', async () => {
  const created = await create({ RoutingConfig: { AdditionalVersionWeights: { '2': 1 } } });
  expect(created.RoutingConfig).toEqual({ AdditionalVersionWeights: { '2': 1 } });
  expect(await executedVersions(10)).toEqual(new Set(['2']));
  await update({ RoutingConfig: { AdditionalVersionWeights: { '2': 0 } } });
  expect(await executedVersions(10)).toEqual(new Set(['1']));
  await update({ RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } } });
  // All the same by chance once in 10^30.
  expect(await executedVersions(100)).toEqual(new Set(['1', '2']));
  expect((await update({ Description: 'kept' })).RoutingConfig).toEqual({ AdditionalVersionWeights: { '2': 0.5 } });
  expect((await update({ RoutingConfig: {} })).RoutingConfig).toBeUndefined();
});

test('DeleteAlias deletes it, and what is not there is no error', async () => {
  await create();
  const remove = (FunctionName = 'echo') => lambda.client.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }));
  expect(await remove()).toMatchObject({ $metadata: { httpStatusCode: 204 } });
  await expect(executedVersions()).rejects.toMatchObject({ message: `Function not found: ${ARN}:echo:live` });
  await remove();
  await expect(remove('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('ListAliases is in the order of names, by version if asked for, and pages', async () => {
  await create({ Name: 'b', FunctionVersion: '2' });
  await create({ Name: 'a' });
  await create({ Name: 'c', RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } } });
  const list = async (input: object = {}) => {
    const { Aliases, NextMarker } = await lambda.client.send(new ListAliasesCommand({ FunctionName: 'echo', ...input }));
    return { names: Aliases?.map(({ Name }) => Name), NextMarker };
  };
  expect(await list()).toEqual({ names: ['a', 'b', 'c'], NextMarker: undefined });
  expect((await list({ FunctionVersion: '2' })).names).toEqual(['b', 'c']);
  const { names, NextMarker } = await list({ MaxItems: 2 });
  expect(names).toEqual(['a', 'b']);
  expect(await list({ MaxItems: 2, Marker: NextMarker })).toEqual({ names: ['c'], NextMarker: undefined });
});

test('the RevisionId of an update has to be that of the alias', async () => {
  const { RevisionId } = await create();
  await update({ Description: 'x', RevisionId });
  await expect(update({ Description: 'y', RevisionId })).rejects.toMatchObject({
    name: 'PreconditionFailedException',
    $metadata: { httpStatusCode: 412 },
  });
});

test.each<[Partial<CreateAliasCommandInput>, string, string]>([
  [{}, 'ResourceConflictException', `Alias already exists: ${ARN}:echo:live`],
  [{ Name: '2024' }, 'ValidationException', "Value '2024' at 'name' failed to satisfy constraint"],
  [{ Name: 'a b' }, 'ValidationException', "at 'name' failed to satisfy constraint"],
  [{ Name: 'new', FunctionVersion: '10' }, 'ResourceNotFoundException', `Function not found: ${ARN}:echo:10`],
  [{ Name: 'new', FunctionVersion: 'live' }, 'ValidationException', "Value 'live' at 'functionVersion' failed"],
  [{ FunctionName: 'none' }, 'ResourceNotFoundException', `Function not found: ${ARN}:none:1`],
  [
    { Name: 'new', RoutingConfig: { AdditionalVersionWeights: { '2': 0.1, '3': 0.1 } } },
    'InvalidParameterValueException',
    'Number of items in AdditionalVersionWeights cannot be greater than 1',
  ],
  [
    { Name: 'new', RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } } },
    'InvalidParameterValueException',
    'Invalid function version 1. Function version 1 is already included in routing configuration.',
  ],
  [
    { Name: 'new', RoutingConfig: { AdditionalVersionWeights: { '10': 0.1 } } },
    'ResourceNotFoundException',
    `Function not found: ${ARN}:echo:10`,
  ],
  [
    { Name: 'new', RoutingConfig: { AdditionalVersionWeights: { '2': 1.5 } } },
    'ValidationException',
    "Value '{2=1.5}' at 'routingConfig.additionalVersionWeights' failed",
  ],
  [
    { Name: 'new', RoutingConfig: { AdditionalVersionWeights: { $LATEST: 0.5 } } },
    'ValidationException',
    "Value '{$LATEST=0.5}'",
  ],
  [
    { Name: 'new', FunctionVersion: '$LATEST', RoutingConfig: { AdditionalVersionWeights: { '1': 0.5 } } },
    'InvalidParameterValueException',
    '$LATEST is not supported for an alias pointing to more than 1 version',
  ],
])('CreateAlias refuses %j', async (input, name, message) => {
  await create();
  await expect(create(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});

test('an alias that is not there can be neither read nor updated', async () => {
  await expect(get('none')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Cannot find alias arn: ${ARN}:echo:none`,
  });
  await expect(update({ Name: 'none', Description: 'x' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Alias not found: ${ARN}:echo:none`,
  });
});

test('an alias cannot be moved to a version that is not there, or to the one it shares with', async () => {
  await create({ RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } } });
  await expect(update({ FunctionVersion: '10' })).rejects.toMatchObject({ message: `Function not found: ${ARN}:echo:10` });
  await expect(update({ FunctionVersion: '2' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  expect(await get()).toMatchObject({ FunctionVersion: '1' });
});
