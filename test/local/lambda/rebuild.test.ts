import { GetAliasCommand, GetFunctionConfigurationCommand, InvokeCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { expect, test, vi } from 'vitest';
import { gate } from '../../helpers/gate.ts';
import { type EmbeddedLambda, startEmbeddedLambda } from './embedded-lambda.ts';

const invoke = ({ client }: EmbeddedLambda, FunctionName = 'echo') => client.send(new InvokeCommand({ FunctionName }));

const codeSha256 = async ({ client }: EmbeddedLambda) =>
  (await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo' }))).CodeSha256;

const aliasVersion = async ({ client }: EmbeddedLambda) =>
  (await client.send(new GetAliasCommand({ FunctionName: 'echo', Name: 'live' }))).FunctionVersion;

test('replaceCode() gives $LATEST the new code and ends the environments of the old one', async () => {
  await using lambda = await startEmbeddedLambda();
  await invoke(lambda);
  const before = await codeSha256(lambda);
  const taskRoot = await lambda.build('exports.handler = async () => 2;');
  await lambda.service.replaceCode('echo', taskRoot);
  expect(lambda.fleets.map(({ isClosed }) => isClosed)).toEqual([true]);
  await invoke(lambda);
  expect(lambda.fleets.map(({ settings }) => settings.taskRoot)).toEqual([lambda.taskRoot, taskRoot]);
  expect(await codeSha256(lambda)).not.toBe(before);
});

test('the same code in another folder has the same CodeSha256', async () => {
  await using lambda = await startEmbeddedLambda();
  const before = await codeSha256(lambda);
  await lambda.service.replaceCode('echo', await lambda.build('exports.handler = async (event) => event;'));
  expect(await codeSha256(lambda)).toBe(before);
});

test('an invocation of the old code may end', async () => {
  const { passed, open } = gate();
  const { passed: running, open: start } = gate();
  await using lambda = await startEmbeddedLambda({
    functions: {
      echo: {
        async run() {
          start();
          await passed;
        },
      },
    },
  });
  const answer = invoke(lambda);
  await running;
  await lambda.service.replaceCode('echo', lambda.taskRoot);
  open();
  expect(await answer).toMatchObject({ StatusCode: 200 });
  await vi.waitFor(() => expect(lambda.fleets[0]?.isClosed).toBe(true));
});

test('AutoPublishAlias publishes a version at first, and one more for code that has changed', async () => {
  await using lambda = await startEmbeddedLambda({ functions: { echo: { aliasName: 'live' } } });
  expect(await aliasVersion(lambda)).toBe('1');
  await lambda.service.replaceCode('echo', await lambda.build('exports.handler = async () => 2;'));
  expect(await aliasVersion(lambda)).toBe('2');
  expect(await invoke(lambda, 'echo:live')).toMatchObject({ ExecutedVersion: '2' });
});

test('AutoPublishAlias leaves an alias alone that somebody moved, as long as the code is the same', async () => {
  await using lambda = await startEmbeddedLambda({ functions: { echo: { aliasName: 'live' } } });
  await lambda.client.send(new UpdateAliasCommand({ FunctionName: 'echo', Name: 'live', FunctionVersion: '$LATEST' }));
  await lambda.service.replaceCode('echo', await lambda.build('exports.handler = async (event) => event;'));
  expect(await aliasVersion(lambda)).toBe('$LATEST');
});

test('replaceCode() refuses a function that is not there', async () => {
  await using lambda = await startEmbeddedLambda();
  await expect(lambda.service.replaceCode('none', lambda.taskRoot)).rejects.toThrow(/^Function not found: arn:.*:none$/);
});

test('close() ends all fleets, those of invocations that run included', async () => {
  const { passed: running, open: start } = gate();
  await using lambda = await startEmbeddedLambda({
    functions: {
      echo: {},
      stuck: {
        run() {
          start();
          return new Promise(() => undefined);
        },
      },
    },
  });
  await invoke(lambda);
  invoke(lambda, 'stuck').catch(() => undefined);
  await running;
  await lambda.service.replaceCode('stuck', lambda.taskRoot);
  await lambda.service.close();
  expect(lambda.fleets.map(({ isClosed }) => isClosed)).toEqual([true, true]);
});

test.each([
  [{ accountConcurrency: -1 }, 'Cannot set accountConcurrency: it must be an integer >= 0, got -1'],
  [{ updateMs: 0.5 }, 'Cannot set updateMs: it must be an integer >= 0, got 0.5'],
  [{ maxBytes: 1 } as object, 'Cannot read limits: "maxBytes" is unknown'],
])('createLambdaService() refuses limits %j', async (limits, message) => {
  await expect(startEmbeddedLambda({ limits })).rejects.toThrow(message);
});
