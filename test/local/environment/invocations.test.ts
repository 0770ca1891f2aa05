import { expect, test } from 'vitest';
import { startAnsweringServer } from './answering-server.ts';
import { startFleet } from './start-fleet.ts';

test('a handler gets the event and the context that Lambda gives', async () => {
  await using fleet = startFleet({ of: 'echo', memoryMb: 512, timeoutMs: 9_000 });
  const clientContext = JSON.stringify({ custom: { name: 'Zoë' } }, null, 2);
  const { answer, requestId, isFunctionError } = await fleet.send({ key: 'größer', list: [1, null] }, { clientContext });
  expect(isFunctionError).toBe(false);
  expect(answer.event).toEqual({ key: 'größer', list: [1, null] });
  expect(answer.context).toMatchObject({
    awsRequestId: requestId,
    functionName: 'echo',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:echo',
    memoryLimitInMB: '512',
    logGroupName: '/aws/lambda/echo',
    logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    xRayTraceId: 'Root=1-0-0',
    clientContext: { custom: { name: 'Zoë' } },
  });
  expect(answer.remainingMs).toBeGreaterThan(0);
  expect(answer.remainingMs).toBeLessThanOrEqual(9_000);
});

test('one environment runs one invocation after the other, and keeps what the module keeps', async () => {
  await using fleet = startFleet({ of: 'echo' });
  const first = await fleet.send();
  const second = await fleet.send();
  expect([first.answer.count, second.answer.count]).toEqual([1, 2]);
  expect(second.answer.pid).toBe(first.answer.pid);
  expect(first.report.initMs).toBeGreaterThan(0);
  expect(second.report.initMs).toBeUndefined();
  expect(fleet.environmentCount).toBe(1);
});

test('as many environments as invocations at once, none mixed up with another', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ of: 'fetches' });
  const sent = Array.from({ length: 10 }, () => fleet.send({ url: server.url }));
  for (const { query, answer } of await server.untilAsked(10)) answer(`to ${query.get('pid')}`);
  const results = await Promise.all(sent);
  expect(new Set(results.map(({ answer }) => answer.pid)).size).toBe(10);
  for (const { answer, logTail, requestId } of results) {
    expect(answer.text).toBe(`to ${answer.pid}`);
    expect(logTail).toContain(`\t${requestId}\tINFO\tfetched to ${answer.pid}\n`);
    expect(logTail.match(/fetched/g)).toHaveLength(1);
  }
  expect(fleet.environmentCount).toBe(10);
});

test('the environment that was used last is used first', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ of: 'fetches' });
  const both = [fleet.send({ url: server.url }), fleet.send({ url: server.url })];
  const [first, second] = await server.untilAsked(2);
  first?.answer('1');
  await Promise.race(both);
  second?.answer('2');
  await Promise.all(both);
  const third = fleet.send({ url: server.url });
  (await server.untilAsked(3))[2]?.answer('3');
  expect((await third).answer.pid).toBe(Number(second?.query.get('pid')));
});

test('retire() ends free environments now and busy ones with their invocation, and the next starts cold', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ of: 'fetches' });
  const sent = fleet.send({ url: server.url });
  const [asked] = await server.untilAsked(1);
  fleet.retire();
  expect(fleet.environmentCount).toBe(1);
  const next = fleet.send({ url: server.url });
  (await server.untilAsked(2))[1]?.answer('new');
  expect((await next).report.initMs).toBeGreaterThan(0);
  asked?.answer('old');
  expect((await sent).answer.text).toBe('old');
  expect(fleet.environmentCount).toBe(1);
  fleet.retire();
  expect(fleet.environmentCount).toBe(0);
});

test('a CommonJS handler runs, and one in a folder', async () => {
  await using commonJs = startFleet({ of: 'echo-commonjs' });
  expect((await commonJs.send({ a: 1 })).answer).toEqual({ event: { a: 1 }, isCommonJs: true });
  const handler = 'functions/echo.handler';
  await using inFolder = startFleet({ of: 'echo', handler, taskRoot: import.meta.dirname });
  expect((await inFolder.send({ a: 1 })).answer.event).toEqual({ a: 1 });
});

test('a handler that throws is a function error, and its environment is kept', async () => {
  await using fleet = startFleet({ of: 'throws' });
  const { answer, isFunctionError, logTail, requestId } = await fleet.send({ message: 'too far: 42 €' });
  expect(isFunctionError).toBe(true);
  expect(answer).toEqual({
    errorType: 'RangeError',
    errorMessage: 'too far: 42 €',
    trace: expect.arrayContaining(['RangeError: too far: 42 €']),
  });
  expect(logTail).toContain(`\t${requestId}\tERROR\tInvoke Error`);
  expect(logTail).not.toContain('Status:');
  expect((await fleet.send({ message: 'again' })).report.initMs).toBeUndefined();
});

test('a response of 6 MB passes, one byte more is an error, and the environment is kept', async () => {
  await using fleet = startFleet({ of: 'returns' });
  const most = 6_291_556;
  expect((await fleet.send({ byteCount: most })).payload).toHaveLength(most);
  const { answer, isFunctionError } = await fleet.send({ byteCount: most + 1 });
  expect(isFunctionError).toBe(true);
  expect(answer).toEqual({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  });
  expect((await fleet.send({ byteCount: 5 })).answer).toBe('xxx');
  expect(fleet.environmentCount).toBe(1);
});

test('a response that JSON has no form for is an error of the function', async () => {
  await using fleet = startFleet({ of: 'returns' });
  expect((await fleet.send({ isFunction: true })).answer).toMatchObject({
    errorType: 'TypeError',
    errorMessage: 'Wrong arguments',
  });
});

test('a streamed response arrives whole, and one that fails under way is an error', async () => {
  await using fleet = startFleet({ of: 'streams' });
  expect((await fleet.send({ parts: ['{"a":', '1}'] })).answer).toEqual({ a: 1 });
  const failed = await fleet.send({ parts: ['{"a":'], failAfter: 'no more' });
  expect(failed.isFunctionError).toBe(true);
  expect(failed.answer).toMatchObject({ errorType: 'TypeError', errorMessage: 'no more' });
  expect((await fleet.send({ parts: ['true'] })).answer).toBe(true);
});
