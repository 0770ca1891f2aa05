import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { copyFixture, type Fixture, type FixtureStack, startFixture } from './stack-fixture.ts';

let fixture: Fixture;
let fixtureStack: FixtureStack;

beforeAll(async () => {
  fixture = await copyFixture();
  // One after the other, so that what was not to come would be there first.
  fixtureStack = await startFixture(fixture, { lambda: { limits: { accountConcurrency: 1, asyncRetryDelayMs: 1 } } });
});
afterAll(async () => {
  await fixtureStack[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const put = (Key: string) => fixtureStack.s3.send(new PutObjectCommand({ Bucket: 'inbox', Key, Body: `body of ${Key}` }));

async function copies(): Promise<readonly (string | undefined)[]> {
  const { Contents: contents = [] } = await fixtureStack.s3.send(new ListObjectsV2Command({ Bucket: 'copies' }));
  return contents.map(({ Key: key }) => key);
}

test('a new object starts the function that the template names, once notifications are delivered', async () => {
  await put('in/before');
  fixtureStack.stack.deliverNotifications();
  await put('elsewhere');
  await put('in/dir/with space+ü.txt');
  await vi.waitUntil(async () => (await copies()).length > 0, { timeout: 20_000, interval: 5 });
  expect(await copies()).toEqual(['in/dir/with space+ü.txt']);
  const { Body: body } = await fixtureStack.s3.send(new GetObjectCommand({ Bucket: 'copies', Key: 'in/dir/with space+ü.txt' }));
  expect(await body?.transformToString()).toBe('body of in/dir/with space+ü.txt');
});

test('an event that fails is tried again as often as the template says, and then given up in words', async () => {
  fixtureStack.stack.deliverNotifications();
  const { messages, log, until } = fixtureStack;
  await put('in/bad');
  await until(() => messages.length > 0);
  expect(messages).toEqual([expect.stringMatching(/^copy gave event [0-9a-f-]{36} up: RetriesExhausted$/)]);
  expect(log.filter((line) => line.includes('"errorMessage":"cannot copy in/bad"'))).toHaveLength(2);
  // The object is there all the same.
  expect(await fixtureStack.s3.send(new HeadObjectCommand({ Bucket: 'inbox', Key: 'in/bad' }))).toMatchObject({
    ContentLength: 14,
  });
});
