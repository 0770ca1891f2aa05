import {
  DeleteFunctionCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { expect, test, vi } from 'vitest';
import { gate } from '../../helpers/gate.ts';
import { ARN, startEmbeddedLambda } from './embedded-lambda.ts';
import type { TestContext } from './in-process-fleet.ts';

const event = (FunctionName: string, input: object = {}) =>
  new InvokeCommand({ FunctionName, InvocationType: 'Event', ...input });

test('an Event is answered before the function has ended', async () => {
  const { passed, open } = gate();
  const seen: unknown[] = [];
  await using lambda = await startEmbeddedLambda({
    functions: {
      slow: {
        async run(value) {
          await passed;
          seen.push(value);
        },
      },
    },
  });
  const { StatusCode, Payload, ExecutedVersion } = await lambda.client.send(event('slow', { Payload: '{"n":1}' }));
  expect({ StatusCode, Payload: Payload?.length, ExecutedVersion }).toEqual({
    StatusCode: 202,
    Payload: undefined,
    ExecutedVersion: undefined,
  });
  expect(seen).toEqual([]);
  open();
  await vi.waitFor(() => expect(seen).toEqual([{ n: 1 }]));
});

test('an Event comes again twice after a function error, as the same request, and is given up then', async () => {
  const requestIds: string[] = [];
  const dropped: unknown[][] = [];
  await using lambda = await startEmbeddedLambda({
    functions: {
      broken: {
        run(_event, { invocation }) {
          requestIds.push(invocation.requestId);
          throw new Error('no');
        },
      },
    },
    onDropped: (name, requestId, reason) => dropped.push([name, requestId, reason]),
  });
  const { $metadata } = await lambda.client.send(event('broken'));
  await vi.waitFor(() => expect(dropped).toEqual([['broken', $metadata.requestId, 'RetriesExhausted']]));
  expect(requestIds).toEqual([$metadata.requestId, $metadata.requestId, $metadata.requestId]);
});

test('EventInvokeConfig says how often an Event comes again, and how old it may be', async () => {
  let attemptCount = 0;
  let nowMs = 0;
  const dropped: unknown[][] = [];
  const eventInvoke = { maximumRetryAttempts: 1, maximumEventAgeSeconds: 60 };
  const { passed: aged, open } = gate();
  await using lambda = await startEmbeddedLambda({
    functions: {
      broken: {
        eventInvoke,
        run() {
          attemptCount += 1;
          throw new Error('no');
        },
      },
      slow: { eventInvoke, reservedConcurrency: 1, run: () => aged },
    },
    now: () => nowMs,
    onDropped: (name, _requestId, reason) => dropped.push([name, reason]),
  });
  await lambda.client.send(event('broken'));
  await vi.waitFor(() => expect(dropped).toEqual([['broken', 'RetriesExhausted']]));
  expect(attemptCount).toBe(2);
  await lambda.client.send(event('slow'));
  await lambda.client.send(event('slow'));
  nowMs = 60_001;
  open();
  await vi.waitFor(() => expect(dropped.at(-1)).toEqual(['slow', 'EventAgeExceeded']));
});

test('an Event that succeeds the second time does not come a third time', async () => {
  let attemptCount = 0;
  const { passed: succeeded, open } = gate();
  await using lambda = await startEmbeddedLambda({
    functions: {
      shaky: {
        run() {
          attemptCount += 1;
          if (attemptCount === 1) throw new Error('once');
          open();
        },
      },
      next: {},
    },
  });
  await lambda.client.send(event('shaky'));
  await succeeded;
  await lambda.client.send(new InvokeCommand({ FunctionName: 'next' }));
  expect(attemptCount).toBe(2);
});

test('a retry runs what the function is by then', async () => {
  const memories: number[] = [];
  const { passed: failed, open } = gate();
  await using lambda = await startEmbeddedLambda({
    functions: {
      broken: {
        run(_event, { settings }: TestContext) {
          memories.push(settings.memoryMb);
          open();
          if (settings.memoryMb < 1024) throw new Error('too small');
        },
      },
    },
    limits: { asyncRetryDelayMs: 100 },
  });
  await lambda.client.send(event('broken'));
  await failed;
  await lambda.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'broken', MemorySize: 1024 }));
  await vi.waitFor(() => expect(memories).toEqual([512, 1024]));
});

test('Events wait while the function is at its concurrency, and come in their order', async () => {
  const { passed, open } = gate();
  const seen: unknown[] = [];
  await using lambda = await startEmbeddedLambda({
    functions: {
      single: {
        reservedConcurrency: 1,
        async run(value) {
          seen.push(value);
          await passed;
        },
      },
    },
  });
  for (const n of [1, 2, 3]) await lambda.client.send(event('single', { Payload: String(n) }));
  expect(seen).toEqual([1]);
  open();
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3]));
  expect(lambda.fleets[0]?.environmentCount).toBe(1);
});

test('an Event for a function with no concurrency at all is given up', async () => {
  const dropped: unknown[] = [];
  await using lambda = await startEmbeddedLambda({ onDropped: (_name, _requestId, reason) => dropped.push(reason) });
  await lambda.client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'echo', ReservedConcurrentExecutions: 0 }));
  expect(await lambda.client.send(event('echo'))).toMatchObject({ StatusCode: 202 });
  expect(dropped).toEqual(['ZeroReservedConcurrency']);
  expect(lambda.fleets).toEqual([]);
});

test('an Event of a function that is deleted meanwhile is given up', async () => {
  const { passed: failed, open } = gate();
  const dropped: unknown[] = [];
  await using lambda = await startEmbeddedLambda({
    functions: {
      broken: {
        run() {
          open();
          throw new Error('no');
        },
      },
    },
    limits: { asyncRetryDelayMs: 100 },
    onDropped: (_name, _requestId, reason) => dropped.push(reason),
  });
  await lambda.client.send(event('broken'));
  await failed;
  await lambda.client.send(new DeleteFunctionCommand({ FunctionName: 'broken' }));
  await vi.waitFor(() => expect(dropped).toEqual(['FunctionNotFound']));
});

test('an Event whose environment cannot be started is given up, with the cause', async () => {
  const dropped: unknown[][] = [];
  await using lambda = await startEmbeddedLambda({
    onDropped: (_name, _requestId, reason, cause) => dropped.push([reason, (cause as Error).message]),
    endpointUrl: () => {
      throw new Error('no endpoint');
    },
  });
  await lambda.client.send(event('echo'));
  await vi.waitFor(() => expect(dropped).toEqual([['EnvironmentFailed', 'no endpoint']]));
});

test('invokeAsync() starts a function from inside, under any of its names', async () => {
  const seen: unknown[] = [];
  await using lambda = await startEmbeddedLambda({
    functions: {
      notified: {
        aliasName: 'live',
        run: (value, { invocation, settings }) => seen.push([value, invocation.invokedFunctionArn, settings.version]),
      },
    },
  });
  lambda.service.invokeAsync('notified', '{"Records":[]}');
  lambda.service.invokeAsync(`${ARN}:notified:live`, '1');
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(seen).toContainEqual([{ Records: [] }, `${ARN}:notified`, '$LATEST']);
  expect(seen).toContainEqual([1, `${ARN}:notified:live`, '1']);
});

test('invokeAsync() refuses what Invoke would refuse', async () => {
  await using lambda = await startEmbeddedLambda();
  const { service } = lambda;
  expect(() => service.invokeAsync('none', '{}')).toThrow(`Function not found: ${ARN}:none`);
  expect(() => service.invokeAsync('echo:9', '{}')).toThrow(`Function not found: ${ARN}:echo:9`);
  expect(() => service.invokeAsync('a b', '{}')).toThrow(/failed to satisfy constraint/);
  expect(() => service.invokeAsync('echo', '{')).toThrow(/Could not parse request body into json/);
});

test('close() forgets the Events that wait, and lets none begin', async () => {
  const { passed: failed, open } = gate();
  const dropped: unknown[] = [];
  let attemptCount = 0;
  const lambda = await startEmbeddedLambda({
    functions: {
      broken: {
        run() {
          attemptCount += 1;
          open();
          throw new Error('no');
        },
      },
    },
    limits: { asyncRetryDelayMs: 20 },
    onDropped: (...all) => dropped.push(all),
  });
  await using _ = lambda;
  await lambda.client.send(event('broken'));
  await failed;
  await lambda.service.close();
  await lambda.service.close();
  lambda.service.invokeAsync('broken', '{}');
  expect({ attemptCount, dropped }).toEqual({ attemptCount: 1, dropped: [] });
  await expect(lambda.client.send(new InvokeCommand({ FunctionName: 'broken' }))).rejects.toMatchObject({
    name: 'ServiceException',
  });
});
