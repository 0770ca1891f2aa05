import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

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
  const options = ['--disable-warning=ExperimentalWarning', '--conditions=lambda-parallel-source'];
  return run(process.execPath, [...options, 'local/demo/start.ts', ...args]);
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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none of them in a pipe is the point.
  expect(stdout).not.toMatch(/\u001b\[/);
});

test('npm start --json prints one object with machine and figures on stdout, and nothing else', async () => {
  const { code, stdout, stderr } = await start(...SMALL, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { machine, figures } = JSON.parse(stdout) as { machine: object; figures: { name: string }[] };
  expect(machine).toMatchObject({ node: process.version, visibleVcpus: expect.any(Number) });
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
  const { code, stdout } = await run('npm', ['start', '--silent', '--', ...SMALL, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ figures: expect.any(Array) });
});

test('npm start --help prints the options and exits with 0', async () => {
  const { code, stdout } = await start('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('npm start --silent -- --json');
});

test.each([
  [['--objects', '0'], '--objects'],
  [['--s3-latency', 'long'], '--s3-latency'],
  [['--fast'], '--fast'],
])('npm start %j is an error on stderr that names the option, and a status other than 0', async (args, name) => {
  const { code, stdout, stderr } = await start(...args);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(name);
});
