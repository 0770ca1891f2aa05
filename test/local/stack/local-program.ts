import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, vi } from 'vitest';
import { cgroupFolders, temporaryFolders } from '../environment/leftovers.ts';

/** What people who use AWS have. */
const OF_AN_AWS_USER = { AWS_PROFILE: 'nope', AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };

export interface LocalProgram extends AsyncDisposable {
  readonly pid: number;
  /** All that came so far. */
  readonly stdout: string;
  readonly stderr: string;
  until(isTrue: () => boolean): Promise<void>;
  /** Until it is up: where it is. */
  untilUp(): Promise<string>;
  /** @returns Its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** Ctrl-C on a terminal: all its processes get the signal. */
  interrupt(): Promise<number | NodeJS.Signals>;
  exit(): Promise<number | NodeJS.Signals>;
}

/** `npm run local`, without npm, on a free port; a group of processes of its own, as on a terminal. */
export function startLocal(args: readonly string[], variables: NodeJS.ProcessEnv = {}): LocalProgram {
  const command = ['--disable-warning=ExperimentalWarning', 'local/serve/serve.ts', '--port', '0', ...args];
  const env = { ...process.env, ...OF_AN_AWS_USER, ...variables };
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      written[name] += chunk;
    });
  }
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals]>;
  let isEnded = false;
  const exit = ended.then(([code, signal]) => {
    isEnded = true;
    return code ?? signal;
  });
  const until = (isTrue: () => boolean): Promise<void> =>
    vi
      .waitUntil(() => isTrue() || isEnded, { timeout: 25_000, interval: 5 })
      .then(() => expect(isTrue(), `${written.stdout}${written.stderr}`).toBe(true));
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    until,
    async untilUp() {
      const isUp = (): boolean => written.stderr.includes('Ctrl-C stops.') || written.stdout.endsWith('}\n');
      await until(isUp);
      return /http:\/\/127\.0\.0\.1:\d+/.exec(written.stdout)?.[0] ?? '';
    },
    end(signal) {
      child.kill(signal);
      return exit;
    },
    interrupt() {
      process.kill(-(child.pid ?? 0), 'SIGINT');
      return exit;
    },
    exit: () => exit,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Of a process that has ended. */
export function expectNothingLeft(pid: number): void {
  expect(temporaryFolders(pid)).toEqual([]);
  if (process.platform === 'linux') expect(cgroupFolders(pid)).toEqual([]);
}
