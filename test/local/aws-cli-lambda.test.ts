import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedEnvironment } from '../../local/environment/embedded-environment.ts';
import { onPath } from '../helpers/on-path.ts';
import { copyFixture, type Fixture, type FixtureStack, startFixture } from './stack/stack-fixture.ts';

const command = onPath('aws');
if (command === undefined)
  process.stderr.write('Tests of aws lambda are skipped: aws is not on PATH; pip install awscli adds it\n');

describe.skipIf(command === undefined)('the aws CLI', () => {
  let fixture: Fixture;
  let fixtureStack: FixtureStack;
  let isVersion2 = false;

  beforeAll(async () => {
    fixture = await copyFixture();
    fixtureStack = await startFixture(fixture);
    isVersion2 = (await promisify(execFile)(command ?? 'aws', ['--version'])).stdout.startsWith('aws-cli/2');
  });

  afterAll(async () => {
    await fixtureStack?.[Symbol.asyncDispose]();
    await fixture?.[Symbol.asyncDispose]();
  });

  async function lambda(...args: string[]) {
    const env = embeddedEnvironment(fixtureStack.stack.url);
    const { stdout } = await promisify(execFile)(command ?? 'aws', ['lambda', ...args, '--output', 'json'], { env });
    return stdout === '' ? undefined : JSON.parse(stdout);
  }

  /** What it prints, and what it writes to its file. */
  async function invoke(functionName: string, event: object, ...more: string[]) {
    const file = join(fixture.folder, 'out.json');
    // Version 1 takes a payload as it is.
    const format = isVersion2 ? ['--cli-binary-format', 'raw-in-base64-out'] : [];
    const payload = ['--payload', JSON.stringify(event), ...format];
    const printed = await lambda('invoke', '--function-name', functionName, ...payload, ...more, file);
    return { printed, answer: JSON.parse(await readFile(file, 'utf8')) };
  }

  test('aws lambda list-functions and get-function say what the template does', async () => {
    const { Functions: functions } = await lambda('list-functions');
    expect(functions.map(({ FunctionName: name }: { FunctionName: string }) => name).sort()).toEqual([
      'copy',
      'echo',
      'misbehaves',
      'waits',
    ]);
    expect((await lambda('get-function', '--function-name', 'echo')).Configuration).toMatchObject({
      FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:echo',
      Handler: 'echo.handler',
      Runtime: 'nodejs24.x',
      MemorySize: 1769,
      State: 'Active',
    });
  });

  test('aws lambda invoke writes the answer, and prints the status and the log', async () => {
    const { printed, answer } = await invoke('echo', { name: 'Ada' }, '--log-type', 'Tail');
    expect(printed).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(Buffer.from(printed.LogResult, 'base64').toString()).toMatch(/START .*greets Ada.*REPORT .*Memory Size: 1769 MB/s);
    expect(answer).toMatchObject({ text: 'Hello Ada' });
  });

  test('update-function-configuration, wait, publish-version, create-alias: the alias runs with what was published', async () => {
    const named = ['--function-name', 'echo'];
    expect(await lambda('update-function-configuration', ...named, '--memory-size', '512')).toMatchObject({ MemorySize: 512 });
    await lambda('wait', 'function-updated-v2', ...named);
    expect(await lambda('publish-version', ...named)).toMatchObject({ Version: '1', MemorySize: 512 });
    const alias = ['--name', 'tuned', '--function-version', '1'];
    expect(await lambda('create-alias', ...named, ...alias)).toMatchObject({ AliasArn: expect.stringMatching(/:echo:tuned$/) });
    await lambda('update-function-configuration', ...named, '--memory-size', '1024');
    const { printed, answer } = await invoke('echo', { name: 'Ada' }, '--qualifier', 'tuned');
    expect(printed.ExecutedVersion).toBe('1');
    expect(answer).toMatchObject({ memoryMb: '512', arn: 'arn:aws:lambda:us-east-1:123456789012:function:echo:tuned' });
  });

  test('a function error is printed, and what cannot be done ends with a status other than 0', async () => {
    const { printed, answer } = await invoke('misbehaves', { way: 'throws' });
    expect(printed).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(answer).toMatchObject({ errorType: 'RangeError', errorMessage: 'no such number' });
    await expect(invoke('none', {})).rejects.toMatchObject({
      // 254 in version 2.
      code: isVersion2 ? 254 : 255,
      stderr: expect.stringMatching(/ResourceNotFoundException.*Invoke.*function:none/),
    });
    const large = join(fixture.folder, 'large.json');
    await writeFile(large, JSON.stringify('x'.repeat(6 * 1024 * 1024)));
    const args = ['--function-name', 'echo', '--payload', `fileb://${large}`, join(fixture.folder, 'out.json')];
    await expect(lambda('invoke', ...args)).rejects.toMatchObject({
      stderr: expect.stringContaining('RequestTooLargeException'),
    });
    await expect(lambda('update-function-configuration', '--function-name', 'echo', '--memory-size', '64')).rejects.toThrow();
  });
});
