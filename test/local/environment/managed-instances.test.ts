import { expect, test } from 'vitest';
import { startAnsweringServer } from './answering-server.ts';
import { startFleet } from './start-fleet.ts';

const managed = { of: 'threads', maxConcurrency: 4, workerCount: 1 } as const;

test('on Managed Instances invocations overlap in one environment, each with its own answer and log', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet(managed);
  const names = ['a', 'b', 'c', 'd'];
  const sent = names.map((name) => fleet.send({ url: server.url, name }, { traceId: `Root=${name}` }));
  const asked = await server.untilAsked(4);
  expect(fleet.environmentCount).toBe(1);
  for (const { query, answer } of asked.toReversed()) answer(`for ${query.get('name')}`);
  for (const [index, result] of (await Promise.all(sent)).entries()) {
    const name = names[index];
    expect(result.answer).toMatchObject({ text: `for ${name}`, most: 4, requestId: result.requestId, traceId: `Root=${name}` });
    expect(result.logTail).toContain(`"message":"in ${name}"`);
    expect(result.logTail).toContain(`"message":"out ${name}"`);
    expect(result.logTail.match(/"message":/g)).toHaveLength(2);
  }
});

test('on Managed Instances one invocation more than fits goes to a second environment', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ ...managed, maxConcurrency: 2 });
  const sent = ['a', 'b', 'c'].map((name) => fleet.send({ url: server.url, name }));
  for (const { answer } of await server.untilAsked(3)) answer('ok');
  expect(fleet.environmentCount).toBe(2);
  expect((await Promise.all(sent)).map(({ answer }) => answer.text)).toEqual(['ok', 'ok', 'ok']);
});

test('on Managed Instances several threads of the runtime take invocations', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ ...managed, workerCount: 2, maxConcurrency: 16 });
  const sent = Array.from({ length: 16 }, (_, index) => fleet.send({ url: server.url, name: `${index}` }));
  for (const { answer } of await server.untilAsked(16)) answer('ok');
  const threads = new Set((await Promise.all(sent)).map(({ answer }) => answer.threadId));
  expect(threads.size).toBeGreaterThanOrEqual(1);
  expect(fleet.environmentCount).toBe(1);
});

test('on Managed Instances an invocation over its time leaves the others alone', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ ...managed, timeoutMs: 1_500 });
  const late = fleet.send({ url: server.url, name: 'late' });
  await server.untilAsked(1);
  expect((await late).answer.errorType).toBe('Sandbox.Timedout');
  const next = fleet.send({ url: server.url, name: 'next' });
  const [first, second] = await server.untilAsked(2);
  first?.answer('too late');
  second?.answer('in time');
  expect((await next).answer.text).toBe('in time');
  expect(fleet.environmentCount).toBe(1);
});

test('on Managed Instances an init phase that fails is a result for all who wait for it', async () => {
  await using fleet = startFleet({ ...managed, of: 'not-a-function' });
  const results = await Promise.all([fleet.send(), fleet.send(), fleet.send()]);
  expect(results.map(({ answer }) => answer.errorType)).toEqual(Array(3).fill('Runtime.HandlerNotFound'));
  expect(fleet.environmentCount).toBe(0);
});
