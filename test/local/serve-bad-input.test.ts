import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingLeft, startLocal } from './stack/local-program.ts';
import { copyFixture, type Fixture } from './stack/stack-fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await copyFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

test.each([
  ['a parameter that the template has not', ['--parameter', 'Size=1'], /template\.yaml:\d*:? ?.*Size/],
  ['a parameter without a value', ['--parameter', 'Greeting'], /--parameter <Name=Value>.*Write Name=Value\./],
  ['what sam build has not made', ['--sam-build'], /^Cannot run what sam build has made: there is no .*build; run sam build\n$/],
  ['a port that is none', ['--port', 'http'], /--port/],
])('npm run local with %s says so on stderr, with a status other than 0', async (_what, args, message) => {
  await using local = startLocal(['--template', fixture.templateFile, ...args]);
  expect(await local.exit()).toBe(1);
  expect(local.stdout).toBe('');
  expect(local.stderr).toMatch(message);
  expectNothingLeft(local.pid);
});

test('npm run local without its template says so in one line', async () => {
  await using local = startLocal(['--template', join(fixture.folder, 'none.yaml')]);
  expect(await local.exit()).toBe(1);
  expect(local.stderr).toMatch(/^Cannot read the template .*none\.yaml must be a file: .*correct the path\n$/);
});

test('npm run local on a port in use names the port and what to do, with a status other than 0', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  try {
    await using local = startLocal(['--template', fixture.templateFile, '--port', `${port}`]);
    expect(await local.exit()).toBe(1);
    expect(local.stderr).toContain(`port ${port} is in use; choose another one with --port`);
    expectNothingLeft(local.pid);
  } finally {
    other.close();
  }
});

test('npm run local that cannot put its samples says why and ends, with a status other than 0', async () => {
  // With so little room for headers no request is taken.
  await using local = startLocal([], { NODE_OPTIONS: '--max-http-header-size=64' });
  expect(await local.exit()).toBe(1);
  expect(local.stderr).toContain('Cannot start the embedded AWS: ');
  expectNothingLeft(local.pid);
});
