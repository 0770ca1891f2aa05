import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { rejectionOf } from '../../helpers/rejection-of.ts';
import { startAnsweringServer } from '../environment/answering-server.ts';
import { cgroupFolders, isRunning, temporaryFolders } from '../environment/leftovers.ts';
import { copyFixture, type Fixture, startFixture } from './stack-fixture.ts';

/** A copy of the fixture whose template says something else. */
async function changedFixture(from: string, to: string): Promise<Fixture> {
  const fixture = await copyFixture();
  const template = await readFile(fixture.templateFile, 'utf8');
  await writeFile(fixture.templateFile, template.replace(from, to));
  return fixture;
}

function expectNothingLeft(): void {
  expect(temporaryFolders(process.pid)).toEqual([]);
  if (process.platform === 'linux') expect(cgroupFolders(process.pid)).toEqual([]);
}

test('a handler that does not exist is named together with what there is', async () => {
  await using fixture = await changedFixture('Handler: echo.handler', 'Handler: ecco.handler');
  const error = await rejectionOf(startFixture(fixture, { onBuildError: undefined as never }));
  expect(error).toMatchObject({ name: 'BuildError', code: 'ERR_LOCAL_BUILD' });
  expect(error.message).toBe(
    'Cannot build EchoFunction: its handler is "ecco.handler", so it needs one of ecco.js, ecco.mjs, ecco.cjs, ' +
      'and what was built is echo.js; correct Handler, or add an entry point of that name',
  );
  expectNothingLeft();
});

test('an export that does not exist is named when the function is invoked', async () => {
  await using fixture = await changedFixture('Handler: echo.handler', 'Handler: echo.handle');
  await using fixtureStack = await startFixture(fixture);
  expect((await fixtureStack.invoke('echo')).answer).toMatchObject({
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: expect.stringContaining('echo.handle'),
  });
  expect((await fixtureStack.invoke('misbehaves', { way: 'none' })).functionError).toBeUndefined();
});

test.each([
  ['Type: AWS::S3::Bucket', 'Type: AWS::SNS::Topic', /template\.yaml:\d+: InboxBucket.*AWS::SNS::Topic/],
  ['Handler: waits.handler', 'Handler: waits.handler\n      FileSystemConfigs: []', /template\.yaml:\d+: .*FileSystemConfigs/],
])('a template with %j as %j is refused in words that name it', async (from, to, message) => {
  await using fixture = await changedFixture(from, to);
  const error = await rejectionOf(startFixture(fixture));
  expect(error).toMatchObject({ name: 'TemplateError', message: expect.stringMatching(message) });
});

test('a port in use is named, and nothing is left', async () => {
  await using fixture = await copyFixture();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(startFixture(fixture, { port, isWatching: true })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  other.close();
  expectNothingLeft();
});

test('close() ends what runs, and leaves no process, cgroup or temporary folder', async () => {
  await using server = await startAnsweringServer();
  await using fixture = await copyFixture();
  const { invoke, stack, lambda, s3 } = await startFixture(fixture, { isWatching: true });
  const { answer: idle } = await invoke('echo', { name: 'Ada' });
  const cut = expect(invoke('waits', { url: server.url })).rejects.toThrow();
  const [running] = await server.untilAsked(1);
  expect(temporaryFolders(process.pid)).toHaveLength(3);
  await Promise.all([stack.close(), stack.close()]);
  await cut;
  expect([idle.pid, Number(running?.query.get('pid'))].filter(isRunning)).toEqual([]);
  expectNothingLeft();
  await expect(fetch(stack.url)).rejects.toThrow();
  lambda.destroy();
  s3.destroy();
});
