import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAnsweringServer } from '../environment/answering-server.ts';
import { startClosingProxy } from './closing-proxy.ts';
import { copyFixture, type Fixture, type FixtureStack, startFixture } from './stack-fixture.ts';

let fixture: Fixture;
let fixtureStack: FixtureStack;

beforeAll(async () => {
  fixture = await copyFixture();
  fixtureStack = await startFixture(fixture);
});
afterAll(async () => {
  await fixtureStack[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const invoke: FixtureStack['invoke'] = (...args) => fixtureStack.invoke(...args);

/** Whatever has happened before. */
async function expectToServe(): Promise<void> {
  expect((await invoke('echo', { name: 'Ada' })).answer).toMatchObject({ text: 'Hello Ada' });
  expect((await invoke('misbehaves', { way: 'none' })).answer).toMatchObject({ tickCount: expect.any(Number) });
}

test('a function of the template is built, has its setting, its variables and its log, and is used again', async () => {
  const { answer, logTail } = await invoke('echo', { name: 'Ada' });
  expect(answer).toMatchObject({
    event: { name: 'Ada' },
    text: 'Hello Ada',
    memoryMb: '1769',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:echo',
  });
  expect(logTail).toMatch(/^START RequestId: .*\tgreets Ada\nEND .*\nREPORT .*Memory Size: 1769 MB/s);
  expect(fixtureStack.log).toContainEqual(expect.stringMatching(/^echo .*\tgreets Ada$/));
  expect((await invoke('echo', { name: 'Bob' })).answer).toMatchObject({ text: 'Hello Bob', pid: answer.pid });
});

test('the S3 client of a function finds the embedded S3', async () => {
  await fixtureStack.s3.send(new PutObjectCommand({ Bucket: 'copies', Key: 'key', Body: 'four' }));
  expect((await invoke('copy', { bucketName: 'copies', key: 'key' })).answer).toMatchObject({ byteCount: 4 });
});

test('where the server has closed the idle sockets of a frozen environment, its S3 client opens new ones', async () => {
  await using proxy = await startClosingProxy(fixtureStack.stack.url);
  await fixtureStack.s3.send(new PutObjectCommand({ Bucket: 'copies', Key: 'kept', Body: 'four' }));
  const event = { bucketName: 'copies', key: 'kept', endpoint: proxy.url };
  const { answer: first } = await invoke('copy', event);
  expect(first).toMatchObject({ byteCount: 4 });
  for (let round = 1; round <= 5; round++) {
    expect(proxy).toMatchObject({ connectionCount: round, openCount: 1 });
    proxy.closeConnections();
    expect((await invoke('copy', event)).answer).toEqual(first);
  }
});

test('an environment that is killed takes along its invocation, and no other', async () => {
  await using server = await startAnsweringServer();
  const sent = [0, 1, 2].map(() => invoke('waits', { url: server.url }));
  const [lost, ...others] = await server.untilAsked(3);
  process.kill(Number(lost?.query.get('pid')), 'SIGKILL');
  const failed = await Promise.race(sent);
  expect(failed).toMatchObject({
    functionError: 'Unhandled',
    answer: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('Runtime exited with error: signal: killed'),
    },
  });
  for (const other of others) other.answer('there');
  const answers = (await Promise.all(sent)).map(({ answer }) => answer);
  expect(answers.filter(({ text }) => text === 'there')).toHaveLength(2);
  const again = invoke('waits', { url: server.url });
  (await server.untilAsked(4))[3]?.answer('again');
  expect((await again).answer).toMatchObject({ text: 'again' });
});

describe('what goes wrong is named, and the endpoint serves on', () => {
  test('a function that never returns', async () => {
    const { answer, functionError } = await invoke('misbehaves', { way: 'never-returns' });
    expect(functionError).toBe('Unhandled');
    expect(answer).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 1.00 seconds'),
    });
    await expectToServe();
  });

  test('one that leaks a timer: it answers, and its environment is used again', async () => {
    const { answer } = await invoke('misbehaves', { way: 'leaks-timer' });
    expect((await invoke('misbehaves', { way: 'none' })).answer.pid).toBe(answer.pid);
    await expectToServe();
  });

  test('one that throws, and one that ends its process', async () => {
    expect((await invoke('misbehaves', { way: 'throws' })).answer).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'no such number',
    });
    expect((await invoke('misbehaves', { way: 'exits' })).answer).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 3'),
    });
    await expectToServe();
  });

  test('an event over the limit', async () => {
    await expect(invoke('echo', { name: 'x'.repeat(6 * 1024 * 1024) })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    });
    await expectToServe();
  });

  test('a function that the template does not have, and an event that is no JSON', async () => {
    await expect(invoke('none')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('function:none'),
    });
    await expect(fixtureStack.lambda.send(new InvokeCommand({ FunctionName: 'echo', Payload: '{' }))).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    await expectToServe();
  });

  test('the code of a function that the template does not have', () => {
    expect(() => fixtureStack.stack.taskRootOf('none')).toThrow(
      'Cannot find the code of none: the template has no such function',
    );
  });
});
