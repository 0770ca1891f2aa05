import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { control } from '../../local/environment/start-fleet.ts';
import { makeTuneFolder, SMALL_MONTE_CARLO, tune } from './tune-program.ts';

test('npm run power-tuning prints table, chart and recommendations, and nothing on stderr in a pipe', async () => {
  await using folder = await makeTuneFolder();
  const input = await folder.write('input.json', SMALL_MONTE_CARLO);
  const args = ['--power-values', '512,1769,10240', '--strategy', 'speed', '--results', folder.results];
  const { code, stdout, stderr } = await tune('monte-carlo', '--local', '--input', input, ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^monte-carlo · local · us-east-1 · arm64 · nodejs24\.x · 5 invocations/);
  expect(stdout).toMatch(/│ 512 MB +│ 0\.29 │ .* ms │ .* ms │ +\$/);
  expect(stdout).toMatch(/│ ~?10,240 MB +│ 5\.79 │ /);
  expect(stdout).toMatch(/ 512 MB {2}█+ /);
  if (control.isLimited) expect(stdout).toMatch(/^→ speed: ~?\d+,\d+ MB, \$/m);
  else expect(stdout).toContain('Nothing can be recommended');
  expect(stdout).toMatch(/^https:\/\/lambda-power-tuning\.show\/#/m);
  const [saved] = await folder.saved();
  expect(stdout).toMatch(new RegExp(`\\nSaved: .*/results/${saved?.name}\\n$`));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none of them in a pipe is the point.
  expect(stdout).not.toMatch(/\u001b\[/);
});

test.skipIf(!control.isLimited)(
  'npm run power-tuning -- --json --apply --yes prints the saved result alone, and writes samconfig.toml',
  async () => {
    await using folder = await makeTuneFolder();
    const input = await folder.write('input.json', { ...SMALL_MONTE_CARLO, powerValues: [256] });
    const samconfig = await folder.write('samconfig.toml', '# mine\r\n[default.deploy.parameters]\r\nresolve_s3 = true\r\n');
    const args = [
      '--power-values',
      '1024,512',
      '--architecture',
      'x86_64',
      '--results',
      folder.results,
      '--samconfig',
      samconfig,
    ];
    const { code, stdout, stderr } = await tune(
      'monte-carlo',
      '--local',
      '--input',
      input,
      ...args,
      '--json',
      '--apply',
      'speed',
      '--yes',
    );
    expect(code).toBe(0);
    const printed = JSON.parse(stdout);
    const [saved] = await folder.saved();
    expect(saved?.tuning).toEqual(printed);
    expect(saved?.name).toMatch(/^monte-carlo\.local\.us-east-1\.x86_64\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.json$/);
    expect(printed).toMatchObject({
      name: 'monte-carlo',
      functionName: 'lambda-parallel-monte-carlo',
      place: 'local',
      architecture: 'x86_64',
      strategy: 'cost',
      settings: [
        { memoryMb: 1024, isModelled: false, count: 5 },
        { memoryMb: 512, isModelled: false, count: 5 },
      ],
      recommendations: { speed: { memoryMb: 1024 } },
      output: { stats: [{ value: 1024 }, { value: 512 }] },
    });
    expect(stderr).toContain('+ parameter_overrides = "MonteCarloMemoryMb=1024"');
    expect(await readFile(samconfig, 'utf8')).toBe(
      '# mine\r\n[default.deploy.parameters]\r\nresolve_s3 = true\r\nparameter_overrides = "MonteCarloMemoryMb=1024"\r\n',
    );
  },
);

test('npm run power-tuning of a payload that makes the function fail keeps what was measured before, with status 1', async () => {
  await using folder = await makeTuneFolder();
  const payload = { strategy: 'batched', concurrency: 1 };
  const input = await folder.write('input.json', { num: 5, payload, concurrencyField: 'concurrency', powerValues: [512] });
  const args = ['--concurrency', '4,1000000', '--ec2-latency', '0', '--s3-latency', '0', '--results', folder.results];
  const { code, stdout, stderr } = await tune('volumes-parallel', '--local', '--input', input, ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const [saved] = await folder.saved();
  expect(saved?.tuning).toMatchObject({
    settings: [{ memoryMb: 512, concurrency: 4, count: 5 }],
    stoppedReason: expect.stringContaining('InvalidEventError'),
  });
  expect(stderr).toContain(`What was measured until then is in ${folder.results}/${saved?.name}`);
  expect(stderr).toMatch(/^Cannot run lambda-parallel-volumes-parallel .* at 512 MB: .*InvalidEventError: .*concurrency/m);
});

test('npm run power-tuning -- --draw draws a URL of the original tool, without a function', async () => {
  const numbers = (array: Int16Array | Float32Array): string => Buffer.from(array.buffer).toString('base64');
  const lists = [Int16Array.of(128, 3008), Float32Array.of(800, 40), Float32Array.of(0.0000017, 0.000002)];
  const { code, stdout, stderr } = await tune('--draw', `https://lambda-power-tuning.show/#${lists.map(numbers).join(';')}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/│ 3,008 MB │ 1\.70 │ 40\.0 ms │ +\$2\.00 │ +20\.0x │/);
  expect(stdout).toMatch(/cost: 128 MB, \$1\.70 per million/);
});
