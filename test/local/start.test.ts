import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { temporaryFolders } from './environment/leftovers.ts';
import { control } from './environment/start-fleet.ts';
import { expectNothingLeft } from './stack/local-program.ts';

const NODE_OPTIONS = ['--disable-warning=ExperimentalWarning', '--conditions=lambda-parallel-source'];

interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What people who use AWS have, each of which would win over what the demo sets. */
const OF_AN_AWS_USER = {
  AWS_PROFILE: 'nope',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
  AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_SESSION_TOKEN: 'old',
};

async function run(command: string, args: readonly string[]): Promise<Exit> {
  try {
    return { code: 0, ...(await promisify(execFile)(command, args, { env: { ...process.env, ...OF_AN_AWS_USER } })) };
  } catch (error) {
    return error as Exit;
  }
}

function start(...args: string[]): Promise<Exit> {
  return run(process.execPath, [...NODE_OPTIONS, 'local/demo/start.ts', ...args]);
}

const FEW = ['--objects', '20', '--instances', '10', '--images', '7', '--log-objects', '9', '--samples', '10000'];
const SMALL = [...FEW, '--s3-latency', '1', '--ec2-latency', '1', '--runs', '1'];

test('npm start prints a table of every job, and nothing on stderr in a pipe', async () => {
  const { code, stdout, stderr } = await start(...SMALL);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/job .* items .* sequential .* parallel .* speed-up .* API calls/);
  expect(stdout).toMatch(/EBS volumes, a call per instance .* 10 .* 11 → 11/);
  expect(stdout).toMatch(/EBS volumes, as few calls as do .* 10 .* 11 → 2/);
  expect(stdout).toMatch(/S3 objects of 8 KB .* 20 .* 20 → 20/);
  expect(stdout).toMatch(/random points for π .* 10,000 .* –/);
  expect(stdout).toMatch(/thumbnails of 0.2 to 1.5 MB images .* 7 .* 14 → 21/);
  expect(stdout).toMatch(/log objects of 1 MB, analysed .* 9 .* 10 → 10/);
  const limits = control.isLimited ? 'with the CPU and the memory of that setting' : 'without its limits';
  expect(stdout).toContain(`on the local Lambda at 3,538 MB, ${limits};`);
  if (!control.isLimited) expect(stdout).toContain('Cannot limit CPU and memory');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none of them in a pipe is the point.
  expect(stdout).not.toMatch(/\u001b\[/);
});

test('npm start --json prints one object with machine and figures on stdout, and nothing else', async () => {
  const { code, stdout, stderr } = await start(...SMALL, '--memory', '1769', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { machine, lambda, figures } = JSON.parse(stdout) as Record<'machine' | 'lambda', object> & {
    figures: { name: string }[];
  };
  expect(machine).toMatchObject({ node: process.version, visibleVcpus: expect.any(Number) });
  expect(lambda).toMatchObject({ memoryMb: 1769, isLimited: control.isLimited });
  const figureOf = (name: string) => figures.find((figure) => figure.name === name);
  for (const job of ['volumes', 'volumes-auto', 'parallel-download', 'monte-carlo', 'image-resize', 'log-analysis']) {
    const name = `demo.${job}.speedup`;
    expect(figureOf(name)).toEqual({
      name,
      unit: 'x',
      value: expect.any(Number),
      runs: 1,
      spread: [expect.any(Number), expect.any(Number)],
    });
  }
  expect(figureOf('demo.volumes.sequential-calls')).toMatchObject({ value: 11 });
  expect(figureOf('demo.volumes-auto.parallel-calls')).toMatchObject({ value: 2 });
  expect(figureOf('demo.monte-carlo.sequential-calls')).toBeUndefined();
});

test('npm start --silent -- --json prints the object alone, through npm as well', async () => {
  const little = [...FEW.slice(0, 4), '--images', '1', '--log-objects', '1', '--samples', '1000', '--runs', '1'];
  const { code, stdout } = await run('npm', ['start', '--silent', '--', ...little, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ figures: expect.any(Array) });
});

test('Ctrl-C ends npm start while it starts, as if nobody had listened, and nothing is left', async () => {
  const child = spawn(process.execPath, [...NODE_OPTIONS, 'local/demo/start.ts'], { stdio: 'ignore' });
  const { pid = 0 } = child;
  await vi.waitUntil(() => temporaryFolders(pid).length > 0, { timeout: 20_000, interval: 5 });
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  expectNothingLeft(pid);
});

test('npm start --help prints the options and exits with 0', async () => {
  const { code, stdout } = await start('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('npm start --silent -- --json');
});

test.each([
  [['--objects', '0'], '--objects'],
  [['--s3-latency', 'long'], '--s3-latency'],
  [['--memory', '127'], '--memory'],
  [['--fast'], '--fast'],
])('npm start %j is an error on stderr that names the option, and a status other than 0', async (args, name) => {
  const { code, stdout, stderr } = await start(...args);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(name);
});
