import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface ScriptRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const flags = ['--disable-warning=ExperimentalWarning', '--conditions=lambda-parallel-source', '--input-type=module-typescript'];

/** Below the timeout of a test, so that no process outlives it. */
const timeout = 20_000;

/** Runs TypeScript in a process of its own, in this folder, where `lambda-parallel` is the package itself. */
export async function runScript(code: string, env: Readonly<Record<string, string>> = {}): Promise<ScriptRun> {
  const options = { env: { ...process.env, ...env }, timeout, killSignal: 'SIGKILL' } as const;
  try {
    return { exitCode: 0, ...(await promisify(execFile)(process.execPath, [...flags, '--eval', code], options)) };
  } catch (error) {
    const { code: exitCode = -1, stdout, stderr } = error as Error & { code?: number; stdout: string; stderr: string };
    return { exitCode, stdout, stderr };
  }
}
