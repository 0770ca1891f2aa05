import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onPath } from '../helpers/on-path.ts';
import { cgroupFolders } from './environment/leftovers.ts';
import { copyFixture, type Fixture } from './stack/stack-fixture.ts';

/** util-linux's `script` gives a program a terminal; the one of macOS takes other options. */
const script = process.platform === 'linux' ? onPath('script') : undefined;
if (script === undefined) process.stderr.write('Tests on a terminal are skipped: script of util-linux is not on PATH\n');

const SHOW_CURSOR = '\u001b[?25h';
const HIDE_CURSOR = '\u001b[?25l';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await copyFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

interface Shown {
  readonly code: number;
  readonly screen: string;
  /** Cgroups and temporary folders, after the end. */
  readonly left: readonly string[];
}

/** Runs a command on a terminal, and presses Ctrl-C once when the screen shows what is awaited. */
async function interrupted(command: string, awaited: RegExp, variables: NodeJS.ProcessEnv = {}): Promise<Shown> {
  const temporary = await mkdtemp(join(tmpdir(), 'terminal-'));
  const env = { ...process.env, ...variables, TMPDIR: temporary };
  const child = spawn(script ?? 'script', ['-qefc', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'], env });
  const patience = setTimeout(() => child.kill(), 25_000);
  const ourFolders = async () => (await readdir(temporary)).filter((name) => name.startsWith('lambda-parallel-'));
  let screen = '';
  let folders: Promise<readonly string[]> | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (folders !== undefined || !awaited.test(screen)) return;
    folders = ourFolders();
    void folders.then(() => child.stdin.write('\u0003'));
  });
  const [code] = (await once(child, 'exit')) as [number];
  clearTimeout(patience);
  // Their names say of which process they are.
  const pids = (await folders)?.map((name) => Number(/-(\d+)-/.exec(name)?.[1])) ?? [];
  expect(pids).not.toEqual([]);
  const left = [...(await ourFolders()), ...pids.flatMap(cgroupFolders)];
  await rm(temporary, { recursive: true });
  return { code, screen, left };
}

test.skipIf(script === undefined)(
  'npm start on a terminal shows progress, and Ctrl-C ends it at once with the cursor back and nothing left',
  async () => {
    const program = `${process.execPath} --disable-warning=ExperimentalWarning --conditions=lambda-parallel-source local/demo/start.ts`;
    // A call has been counted: the job runs.
    const { code, screen, left } = await interrupted(program, / [1-9]\d*\/101/);
    expect(code).toBe(130);
    expect(screen).toContain('EBS volumes, a call per instance, sequential');
    expect(screen).not.toContain('speed-up');
    expect(screen.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(screen.lastIndexOf(HIDE_CURSOR));
    expect(left).toEqual([]);
  },
);

// npm passes Ctrl-C on to what the terminal has sent it to already. What it exits with then is its own affair.
test.skipIf(script === undefined)('Ctrl-C ends npm run local cleanly, through npm as well', async () => {
  const program = `npm run local --silent -- --port 0 --template ${fixture.templateFile}`;
  const { screen, left } = await interrupted(program, /Ctrl-C stops\./);
  expect(screen).toMatch(/export AWS_ENDPOINT_URL=.*echo .*1,769 MB +20 s/s);
  expect(left).toEqual([]);
});

test.skipIf(script === undefined)('npm run local on a terminal has no colours where NO_COLOR is set', async () => {
  const program = `${process.execPath} --disable-warning=ExperimentalWarning local/serve/serve.ts --port 0 --template ${fixture.templateFile}`;
  const { screen } = await interrupted(program, /Ctrl-C stops\./, { NO_COLOR: '1' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
  expect(screen).not.toMatch(/\u001b\[[\d;]*m/);
});
