import { cp, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvokeCommand, type InvokeCommandInput, type LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import { vi } from 'vitest';
import type { BuildError } from '../../../local/build/build-error.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack/stack.ts';
import { readTemplate } from '../../../local/template/read-template.ts';
import { s3ClientOf } from '../../helpers/aws-clients.ts';
import { lambdaClientOf } from '../lambda/lambda-client.ts';

export interface Fixture extends AsyncDisposable {
  readonly folder: string;
  readonly templateFile: string;
  readonly codeFolder: string;
}

/** A copy of the fixture, to be changed, with no package above it. Its functions find the packages of the repository. */
export async function copyFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'stack-fixture-'));
  await cp('test/local/stack/fixtures', folder, { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    templateFile: join(folder, 'template.yaml'),
    codeFolder: join(folder, 'code'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** In one step: who watches never sees half of it. */
export async function replaceFile(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

export interface FixtureStack extends AsyncDisposable {
  readonly stack: Stack;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  /** All that was said so far. */
  readonly messages: readonly string[];
  readonly buildErrors: readonly BuildError[];
  readonly rebuilt: readonly string[];
  readonly log: readonly string[];
  invoke(functionName: string, event?: object, more?: Partial<InvokeCommandInput>): Promise<Invoked>;
  /** Until something has been said, looked at whenever there is something new. */
  until(isTrue: () => boolean): Promise<void>;
}

interface Invoked {
  // biome-ignore lint/suspicious/noExplicitAny: Whatever the function under test answers.
  readonly answer: any;
  readonly functionError: string | undefined;
  readonly logTail: string;
}

/** The template of a copy of the fixture, up on this machine. */
export async function startFixture(
  { templateFile }: Pick<Fixture, 'templateFile'>,
  options: Omit<StackOptions, 'model'> = {},
): Promise<FixtureStack> {
  const messages: string[] = [];
  const buildErrors: BuildError[] = [];
  const rebuilt: string[] = [];
  const log: string[] = [];
  const stack = await startStack({
    model: await readTemplate(templateFile),
    onBuildError: (error) => buildErrors.push(error),
    onRebuilt: (functionName) => rebuilt.push(functionName),
    onMessage: (message) => messages.push(message),
    onLog: ({ functionName, text }) => log.push(`${functionName} ${text}`),
    ...options,
  });
  const lambda = lambdaClientOf(stack.url);
  const s3 = s3ClientOf(stack.url);
  return {
    stack,
    lambda,
    s3,
    messages,
    buildErrors,
    rebuilt,
    log,
    async invoke(FunctionName, event = {}, more = {}) {
      const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail', ...more });
      const { Payload: payload, FunctionError: functionError, LogResult: logResult = '' } = await lambda.send(command);
      const answer = JSON.parse(payload?.transformToString() || 'null');
      return { answer, functionError, logTail: Buffer.from(logResult, 'base64').toString() };
    },
    until: (isTrue) => vi.waitUntil(isTrue, { timeout: 20_000, interval: 5 }).then(() => undefined),
    async [Symbol.asyncDispose]() {
      lambda.destroy();
      s3.destroy();
      await stack.close();
    },
  };
}
