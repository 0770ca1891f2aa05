import { expect, test } from 'vitest';
import { makeTuneFolder, SMALL_MONTE_CARLO, tune } from './tune-program.ts';

test('npm run power-tuning -- --help prints the options and exits with 0', async () => {
  const { code, stdout } = await tune('--help');
  expect(code).toBe(0);
  for (const option of ['--local', '--power-values', '--max-memory', '--concurrency', '--apply', '--draw']) {
    expect(stdout).toContain(option);
  }
  expect(stdout).not.toContain(process.cwd());
});

test.each([
  [[], /missing argument 'function'/],
  [['monte-carlo', '--local', '--num', '4'], /--num.*>= 5/],
  [['monte-carlo', '--local', '--power-values', '512,64'], /--power-values.*from 128 to 10240/],
  [['monte-carlo', '--local', '--power-values', '512,512'], /--power-values.*each value once/],
  [['monte-carlo', '--local', '--power-values', '512,4096', '--max-memory', '3008'], /--power-values.*--max-memory: 4096/],
  [['monte-carlo', '--local', '--balanced-weight', '1.5'], /--balanced-weight.*from 0 to 1/],
  [['monte-carlo', '--local', '--strategy', 'fast'], /--strategy.*cost, speed, balanced/],
  [['monte-carlo', '--local', '--architecture', 'x86'], /--architecture.*arm64, x86_64/],
  [['monte-carlo', '--locla'], /unknown option '--locla'/],
  [['monte-carlo', '--local', 'image-resize'], /too many arguments/],
])('npm run power-tuning -- %j is one error on stderr that names the option, and status 1', async (args, message) => {
  const { code, stdout, stderr } = await tune(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
  // Commander may ask whether another option was meant.
  expect(stderr).toMatch(/^error: .*\n(\(Did you mean .*\)\n)?$/);
});

test('npm run power-tuning of an unknown function names the known ones', async () => {
  const { code, stdout, stderr } = await tune('monte', '--local');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Cannot tune monte: .*; name one of parallel-download, .*monte-carlo.*\n$/);
});

test('npm run power-tuning without --local says that this is what there is', async () => {
  const { code, stderr } = await tune('monte-carlo');
  expect(code).toBe(1);
  expect(stderr).toBe('Cannot tune monte-carlo on AWS: only --local is there yet; add --local\n');
});

test.each([
  ['that is not there', undefined, [], /^Cannot read .*none\.json: there is no such file/],
  ['of too few invocations', { num: 4 }, [], /^Cannot read .*none\.json: num must be an integer >= 5: 4\n$/],
  [
    'of a memory above the maximum',
    { num: 5, powerValues: [4096] },
    ['--max-memory', '3008'],
    /powerValues must be 3008 at most/,
  ],
  ['without a field for concurrency', SMALL_MONTE_CARLO, ['--concurrency', '1,2'], /has no concurrencyField; name the field/],
  [
    'with its payload in S3',
    { num: 5, payloadS3: 's3://a/b' },
    [],
    /^Cannot tune locally with a payload in S3: s3:\/\/a\/b; put/,
  ],
])('npm run power-tuning with an input %s says so before it starts, with status 1', async (_what, input, args, message) => {
  await using folder = await makeTuneFolder();
  if (input !== undefined) await folder.write('none.json', input);
  const { code, stdout, stderr } = await tune('monte-carlo', '--local', '--input', `${folder.path}/none.json`, ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
});

test('npm run power-tuning -- --apply without a terminal needs --yes, before it measures anything', async () => {
  await using folder = await makeTuneFolder();
  const { code, stdout, stderr } = await tune('monte-carlo', '--local', '--apply', 'cost', '--results', folder.results);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Cannot ask before writing samconfig\.toml: there is no terminal; add --yes .*\n$/);
  expect(await folder.saved()).toEqual([]);
});

test('npm run power-tuning -- --apply that could not be written says what to write, before it measures anything', async () => {
  await using folder = await makeTuneFolder();
  const samconfig = await folder.write('samconfig.toml', 'default.deploy = {}\n');
  const { code, stderr } = await tune('monte-carlo', '--local', '--apply', 'cost', '--yes', '--samconfig', samconfig);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Cannot write MonteCarloMemoryMb into samconfig\.toml: .*write it by hand: under \[default/);
});

test('npm run power-tuning -- --draw of something else says what to copy', async () => {
  const { code, stdout, stderr } = await tune('--draw', 'https://lambda-power-tuning.show/');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Cannot read the visualization URL: .*copy the whole of stateMachine\.visualization/);
});
