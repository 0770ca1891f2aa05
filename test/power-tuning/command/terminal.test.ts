import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { onPath } from '../../helpers/on-path.ts';
import { control } from '../../local/environment/start-fleet.ts';
import { makeTuneFolder, SMALL_MONTE_CARLO, TUNE, type TuneFolder } from './tune-program.ts';

/** util-linux's `script` gives a program a terminal; the one of macOS takes other options. */
const script = process.platform === 'linux' ? onPath('script') : undefined;
if (script === undefined) process.stderr.write('Tests on a terminal are skipped: script of util-linux is not on PATH\n');

const CTRL_C = '\u0003';

/** Runs the command on a terminal, and types `keys` once when the screen shows what is awaited. */
async function onTerminal(args: readonly string[], awaited: RegExp, keys: string, variables: NodeJS.ProcessEnv = {}) {
  const command = [process.execPath, ...TUNE, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn(script ?? 'script', ['-qefc', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...variables },
  });
  const patience = setTimeout(() => child.kill(), 28_000);
  let screen = '';
  let isTyped = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (isTyped || !awaited.test(stripVTControlCharacters(screen))) return;
    isTyped = true;
    child.stdin.write(keys);
  });
  const [code] = (await once(child, 'close')) as [number];
  clearTimeout(patience);
  return { code, screen: stripVTControlCharacters(screen), raw: screen };
}

async function localArgs(folder: TuneFolder, input: object): Promise<string[]> {
  const file = await folder.write('input.json', input);
  return ['monte-carlo', '--local', '--input', file, '--results', folder.results];
}

test.skipIf(script === undefined)('Ctrl-C ends npm run power-tuning with status 130, and keeps what was measured', async () => {
  await using folder = await makeTuneFolder();
  // Hours, where nobody ends it: what follows the first setting never comes.
  const input = { ...SMALL_MONTE_CARLO, powerValues: [1769, 128], sleepBetweenRunsMs: 0 };
  const args = await localArgs(folder, { ...input, num: 5, payload: { samples: 30_000_000, shards: 4, seed: 1 } });
  const { code, screen } = await onTerminal(args, / 5\/10 /, CTRL_C);
  expect(code).toBe(130);
  expect(screen).toContain('monte-carlo at 2 settings');
  const [saved] = await folder.saved();
  expect(saved?.tuning).toMatchObject({ settings: [{ memoryMb: 1769, count: 5 }], stoppedReason: 'SIGINT' });
  expect(screen).toContain('What was measured until then is in ');
  expect(screen).not.toContain('Cannot ');
});

const QUESTION = /Write it\? \[y\/N\]/;

test.skipIf(script === undefined || !control.isLimited).each([
  ['y\n', 0, 'MonteCarloMemoryMb=1024', /Written: /],
  ['\n', 0, 'MonteCarloMemoryMb=512', /Nothing was written/],
  [CTRL_C, 130, 'MonteCarloMemoryMb=512', QUESTION],
])('npm run power-tuning -- --apply shows the change and asks: %j ends with %d and %s', async (keys, status, kept, said) => {
  await using folder = await makeTuneFolder();
  const text = '[default.deploy.parameters]\nparameter_overrides = "A=1 MonteCarloMemoryMb=512"\n';
  const samconfig = await folder.write('samconfig.toml', text);
  const args = await localArgs(folder, { ...SMALL_MONTE_CARLO, powerValues: [512, 1024] });
  const all = [...args, '--samconfig', samconfig, '--apply', 'speed'];
  const { code, screen, raw } = await onTerminal(all, QUESTION, keys, { NO_COLOR: '1' });
  expect(screen).toMatch(said);
  expect(code).toBe(status);
  expect(screen).toMatch(
    /- parameter_overrides = "A=1 MonteCarloMemoryMb=512"\s+\+ parameter_overrides = "A=1 MonteCarloMemoryMb=1024"/,
  );
  expect(await readFile(samconfig, 'utf8')).toBe(text.replace('MonteCarloMemoryMb=512', kept));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are no colours is the point.
  expect(raw).not.toMatch(/\u001b\[\d*[1-9]m/);
  expect(await folder.saved()).toHaveLength(1);
});
