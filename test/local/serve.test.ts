import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { s3ClientOf } from '../helpers/aws-clients.ts';
import { cgroupFolders, isRunning, temporaryFolders } from './environment/leftovers.ts';
import { control } from './environment/start-fleet.ts';
import { lambdaClientOf } from './lambda/lambda-client.ts';
import { expectNothingLeft, startLocal } from './stack/local-program.ts';
import { copyFixture, type Fixture, replaceFile } from './stack/stack-fixture.ts';

const HANDLERS = ['parallel-download', 'volumes-parallel', 'volumes-sequential', 'monte-carlo', 'image-resize', 'log-analysis'];
const FUNCTION_NAMES = HANDLERS.map((name) => `lambda-parallel-${name}`);

let fixture: Fixture;
beforeAll(async () => {
  fixture = await copyFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

async function invoke(url: string, FunctionName: string, event: object) {
  const client = lambdaClientOf(url);
  const { Payload: payload } = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  client.destroy();
  return JSON.parse(payload?.transformToString() ?? 'null');
}

test('npm run local prints what a shell evaluates, serves template.yaml with something in it, and ends cleanly on Ctrl-C', async () => {
  await using local = startLocal(['--instances', '7', '--images', '2', '--log-objects', '2']);
  const endpoint = await local.untilUp();
  const [exported, unset, ...rest] = local.stdout.split('\n');
  expect(exported).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+ AWS_REGION=us-east-1 /);
  expect(unset).toMatch(/^unset (?=.*AWS_PROFILE)(?=.*AWS_USE_FIPS_ENDPOINT)(?=.*AWS_ENDPOINT_URL_S3)/);
  expect(rest).toEqual(['']);
  for (const name of FUNCTION_NAMES) expect(local.stderr).toMatch(new RegExp(`^${name} +[\\d,]+ MB +\\d+ s$`, 'm'));
  expect(local.stderr).toContain('\ns3://lambda-parallel-data-123456789012-us-east-1\n');

  const lambda = lambdaClientOf(endpoint);
  const { Functions: functions = [] } = await lambda.send(new ListFunctionsCommand());
  expect(functions.map(({ FunctionName: name }) => name).sort()).toEqual(FUNCTION_NAMES.toSorted());
  lambda.destroy();
  const s3 = s3ClientOf(endpoint);
  const head = await s3.send(
    new HeadObjectCommand({ Bucket: 'lambda-parallel-data-123456789012-us-east-1', Key: 'objects/8-kb.bin' }),
  );
  expect(head.ContentLength).toBe(8192);
  s3.destroy();
  const ec2 = new EC2Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  let instanceCount = 0;
  for await (const { Reservations: reservations = [] } of paginateDescribeInstances({ client: ec2 }, {})) {
    for (const { Instances: instances = [] } of reservations) instanceCount += instances.length;
  }
  ec2.destroy();
  expect(instanceCount).toBe(7);
  expect(await invoke(endpoint, 'lambda-parallel-image-resize', { keys: ['images/001.jpg'] })).toMatchObject({ resized: 1 });

  expect(await local.end('SIGINT')).toBe(0);
  expectNothingLeft(local.pid);
});

test('npm run local --json prints one object; logs and rebuilds are on stderr, without escape codes; SIGTERM ends it cleanly', async () => {
  await using local = startLocal(['--json', '--template', fixture.templateFile, '--parameter', 'Greeting=Hi']);
  const url = await local.untilUp();
  expect(JSON.parse(local.stdout)).toMatchObject({
    url,
    variables: { AWS_ENDPOINT_URL: url },
    functions: [
      { logicalId: 'EchoFunction', functionName: 'echo', memoryMb: 1769, timeoutSeconds: 20 },
      { functionName: 'waits' },
      { functionName: 'misbehaves', timeoutSeconds: 1 },
      { functionName: 'copy' },
    ],
    buckets: ['inbox', 'copies'],
    outputs: {},
    isLimited: control.isLimited,
  });
  const { pid, text } = await invoke(url, 'echo', { name: 'Ada' });
  expect(text).toBe('Hi Ada');
  await local.until(() => /^echo .*\tgreets Ada$/m.test(local.stderr));
  expect(local.stderr).toMatch(/^echo REPORT RequestId: /m);

  const file = join(fixture.codeFolder, 'greeting.ts');
  const original = await readFile(file, 'utf8');
  await replaceFile(file, `${original}export const = 1;\n`);
  await local.until(() => /^Cannot build EchoFunction: .*greeting\.ts:4:14: Expected identifier/m.test(local.stderr));
  await replaceFile(file, original.replace("' '", "', '"));
  await local.until(() => /^echo has new code$/m.test(local.stderr));
  expect((await invoke(url, 'echo', { name: 'Ada' })).text).toBe('Hi, Ada');
  await replaceFile(file, original);

  expect(await local.end('SIGTERM')).toBe(0);
  expect(isRunning(pid)).toBe(false);
  expectNothingLeft(local.pid);
  expect(local.stdout.match(/^}$/gm)).toHaveLength(1);
  expect(`${local.stdout}${local.stderr}`).not.toContain('\u001b');
});

test('Ctrl-C while it starts ends it cleanly as well', async () => {
  await using local = startLocal(['--template', fixture.templateFile]);
  await local.until(() => temporaryFolders(local.pid).length > 0);
  expect(await local.end('SIGINT')).toBe(0);
  expectNothingLeft(local.pid);
});

test('Ctrl-C that ends esbuild with it while it builds leaves nothing either', async () => {
  // Long enough to be met in the middle.
  await using local = startLocal(['--template', 'template.yaml']);
  await local.until(() => temporaryFolders(local.pid).length > 0);
  expect(await local.interrupt()).toBe(0);
  expectNothingLeft(local.pid);
});

// As npm does, which passes on what the terminal has sent to both.
test('Ctrl-C that comes again while it ends leaves nothing either', async () => {
  await using local = startLocal(['--template', fixture.templateFile]);
  await invoke(await local.untilUp(), 'echo', { name: 'Ada' });
  const again = setInterval(() => void local.end('SIGINT'), 1);
  await local.exit();
  clearInterval(again);
  expectNothingLeft(local.pid);
});

test.runIf(process.platform === 'linux')('what one that was killed has left, the next one removes', async () => {
  await using killed = startLocal(['--template', fixture.templateFile, '--no-watch']);
  await invoke(await killed.untilUp(), 'echo', { name: 'Ada' });
  expect(await killed.end('SIGKILL')).toBe('SIGKILL');
  expect(temporaryFolders(killed.pid)).toHaveLength(2);
  if (control.isLimited) expect(cgroupFolders(killed.pid)).not.toEqual([]);
  await using next = startLocal(['--template', fixture.templateFile, '--no-watch']);
  await next.untilUp();
  expectNothingLeft(killed.pid);
  expect(await next.end('SIGINT')).toBe(0);
});

test('npm run local --sam-build runs what sam build has made', async () => {
  await using built = await copyFixture();
  await cp('test/local/build/fixtures/sam-build', join(built.folder, '.aws-sam', 'build'), { recursive: true });
  await using local = startLocal(['--json', '--sam-build', '--template', built.templateFile]);
  const url = await local.untilUp();
  const { functions } = JSON.parse(local.stdout);
  expect(functions).toMatchObject([{ logicalId: 'HelloFunction' }]);
  expect(await invoke(url, functions[0].functionName, {})).toBe('built');
  expect(await local.end('SIGINT')).toBe(0);
});

test('npm run local --help prints the options and exits with 0', async () => {
  await using local = startLocal(['--help']);
  expect(await local.exit()).toBe(0);
  expect(local.stdout).toContain('Usage: npm run local -- [options]');
  for (const option of ['--template', '--parameter', '--sam-build', '--no-watch', '--json'])
    expect(local.stdout).toContain(option);
});
