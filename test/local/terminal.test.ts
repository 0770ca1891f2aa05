import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { onPath } from '../helpers/on-path.ts';

/** util-linux's `script` gives a program a terminal; the one of macOS takes other options. */
const script = process.platform === 'linux' ? onPath('script') : undefined;
if (script === undefined) process.stderr.write('Tests on a terminal are skipped: script of util-linux is not on PATH\n');

const SHOW_CURSOR = '\u001b[?25h';
const HIDE_CURSOR = '\u001b[?25l';

test.skipIf(script === undefined)(
  'npm start on a terminal shows progress, and Ctrl-C ends it at once with the cursor back',
  async () => {
    const program = `${process.execPath} --disable-warning=ExperimentalWarning --conditions=lambda-parallel-source local/demo/start.ts`;
    const child = spawn(script ?? 'script', ['-qefc', program, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
    let screen = '';
    let isInterrupted = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      // A call has been counted: the job runs.
      if (isInterrupted || !/ [1-9]\d*\/101/.test(screen)) return;
      isInterrupted = true;
      child.stdin.write('\u0003');
    });
    const patience = setTimeout(() => child.kill(), 20_000);
    const [code] = (await once(child, 'exit')) as [number];
    clearTimeout(patience);
    expect(code).toBe(130);
    expect(screen).toContain('EBS volumes, a call per instance, sequential');
    expect(screen).not.toContain('speed-up');
    expect(screen.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(screen.lastIndexOf(HIDE_CURSOR));
  },
);
