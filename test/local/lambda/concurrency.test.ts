import {
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { expect, test, vi } from 'vitest';
import { type Gate, gate } from '../../helpers/gate.ts';
import { ARN, type EmbeddedLambda, startEmbeddedLambda } from './embedded-lambda.ts';

const put = ({ client }: EmbeddedLambda, FunctionName: string, ReservedConcurrentExecutions: number) =>
  client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));

/** Functions that wait at a gate, and how many of them do. */
function waitingFunctions(names: readonly string[]) {
  const door: Gate<void> = gate();
  let runningCount = 0;
  const run = async (): Promise<void> => {
    runningCount += 1;
    await door.passed;
  };
  return { door, running: () => runningCount, functions: Object.fromEntries(names.map((name) => [name, { run }])) };
}

const invoke = ({ client }: EmbeddedLambda, FunctionName: string) => client.send(new InvokeCommand({ FunctionName }));

test('a function takes as many invocations at once as are reserved for it, over all its versions', async () => {
  const { door, running, functions } = waitingFunctions(['wait']);
  await using lambda = await startEmbeddedLambda({ functions: { wait: { ...functions['wait'], aliasName: 'live' } } });
  await put(lambda, 'wait', 2);
  const accepted = [invoke(lambda, 'wait'), invoke(lambda, 'wait:live')];
  await vi.waitFor(() => expect(running()).toBe(2));
  await expect(invoke(lambda, 'wait')).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    Type: 'User',
    $metadata: { httpStatusCode: 429 },
  });
  door.open();
  await Promise.all(accepted);
  expect(await invoke(lambda, 'wait')).toMatchObject({ StatusCode: 200 });
});

test('functions share the concurrency of the account, less what others have reserved', async () => {
  const { door, running, functions } = waitingFunctions(['a', 'b', 'own']);
  await using lambda = await startEmbeddedLambda({
    functions,
    limits: { accountConcurrency: 3, minUnreservedConcurrency: 0 },
  });
  await put(lambda, 'own', 1);
  const accepted = [invoke(lambda, 'a'), invoke(lambda, 'b')];
  await vi.waitFor(() => expect(running()).toBe(2));
  await expect(invoke(lambda, 'a')).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ConcurrentInvocationLimitExceeded',
  });
  accepted.push(invoke(lambda, 'own'));
  await vi.waitFor(() => expect(running()).toBe(3));
  door.open();
  await Promise.all(accepted);
});

test('50 invocations at once have 50 environments', async () => {
  const { door, running, functions } = waitingFunctions(['wait']);
  await using lambda = await startEmbeddedLambda({ functions });
  const all = Array.from({ length: 50 }, () => invoke(lambda, 'wait'));
  await vi.waitFor(() => expect(running()).toBe(50));
  expect(lambda.fleets.map(({ environmentCount }) => environmentCount)).toEqual([50]);
  door.open();
  await Promise.all(all);
});

test('a function error and a failing environment give their concurrency back', async () => {
  let isBroken = true;
  await using lambda = await startEmbeddedLambda({
    functions: {
      single: {
        reservedConcurrency: 1,
        run() {
          if (isBroken) throw new Error('no');
        },
      },
    },
  });
  await invoke(lambda, 'single');
  await lambda.fleets[0]?.close();
  await expect(invoke(lambda, 'single')).rejects.toMatchObject({ name: 'ServiceException', Type: 'Service' });
  isBroken = false;
  await lambda.service.replaceCode('single', lambda.taskRoot);
  expect((await invoke(lambda, 'single')).FunctionError).toBeUndefined();
});

test('0 blocks all; taking the reservation back lets them in again', async () => {
  await using lambda = await startEmbeddedLambda();
  await put(lambda, 'echo', 0);
  await expect(invoke(lambda, 'echo')).rejects.toMatchObject({
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
  await lambda.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'echo' }));
  expect(await invoke(lambda, 'echo')).toMatchObject({ StatusCode: 200 });
});

test('reserved concurrency is put, got and deleted', async () => {
  await using lambda = await startEmbeddedLambda();
  const { client } = lambda;
  const get = async () =>
    (await client.send(new GetFunctionConcurrencyCommand({ FunctionName: 'echo' }))).ReservedConcurrentExecutions;
  expect(await get()).toBeUndefined();
  expect(await put(lambda, 'echo', 7)).toMatchObject({ ReservedConcurrentExecutions: 7 });
  expect(await get()).toBe(7);
  const { Concurrency } = await client.send(new GetFunctionCommand({ FunctionName: 'echo' }));
  expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 7 });
  await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'echo' }));
  expect(await get()).toBeUndefined();
});

test('a template that reserves more than there is names the function and the next step', async () => {
  await expect(startEmbeddedLambda({ functions: { a: { reservedConcurrency: 2000 } } })).rejects.toThrow(
    /^Cannot give a a reserved concurrency of 2000: .+ Lower its ReservedConcurrentExecutions in the template$/,
  );
});

test('100 of the account stay unreserved', async () => {
  await using lambda = await startEmbeddedLambda({ functions: { a: { reservedConcurrency: 500 }, b: {} } });
  await put(lambda, 'b', 400);
  await put(lambda, 'a', 499);
  await put(lambda, 'b', 401);
  const message =
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].";
  await expect(put(lambda, 'b', 402)).rejects.toMatchObject({ name: 'InvalidParameterValueException', message });
  await expect(startEmbeddedLambda({ functions: { a: { reservedConcurrency: 901 } } })).rejects.toThrow(message);
});

test.each([
  ['none', 1, 'ResourceNotFoundException', `Function not found: ${ARN}:none:$LATEST`],
  ['echo:1', 1, 'InvalidParameterValueException', 'This operation is permitted on Lambda functions only.'],
  ['echo', -1, 'ValidationException', 'Member must have value greater than or equal to 0'],
  ['echo', 1.5, 'SerializationException', 'reservedConcurrentExecutions must be an integer, got 1.5'],
])('PutFunctionConcurrency %s %s is refused', async (name, count, code, message) => {
  await using lambda = await startEmbeddedLambda();
  await expect(put(lambda, name, count)).rejects.toMatchObject({ name: code, message: expect.stringContaining(message) });
});

test('GetAccountSettings has the limits of the account and what is used of it', async () => {
  await using lambda = await startEmbeddedLambda({ functions: { a: { reservedConcurrency: 10 }, b: {} } });
  const { AccountLimit, AccountUsage } = await lambda.client.send(new GetAccountSettingsCommand({}));
  expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 990 });
  expect(AccountUsage).toEqual({ FunctionCount: 2, TotalCodeSize: 2 * 'exports.handler = async (event) => event;'.length });
});
