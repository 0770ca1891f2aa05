import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Tuning } from '../../../power-tuning/tuning.ts';

/** `npm run power-tuning --`, without npm. */
export const TUNE = [
  '--disable-warning=ExperimentalWarning',
  '--conditions=lambda-parallel-source',
  'power-tuning/tune.ts',
] as const;

export interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What people who use AWS have. */
const OF_AN_AWS_USER = { AWS_PROFILE: 'nope', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };

/** In a pipe: without a terminal. */
export async function tune(...args: readonly string[]): Promise<Exit> {
  const options = { env: { ...process.env, ...OF_AN_AWS_USER }, timeout: 28_000, killSignal: 'SIGKILL' } as const;
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [...TUNE, ...args], options)) };
  } catch (error) {
    return error as Exit;
  }
}

/** A folder of a test's own: input, results and samconfig.toml. */
export interface TuneFolder extends AsyncDisposable {
  readonly path: string;
  readonly results: string;
  write(name: string, content: string | object): Promise<string>;
  /** What was saved. */
  saved(): Promise<readonly { readonly name: string; readonly tuning: Tuning }[]>;
}

export async function makeTuneFolder(): Promise<TuneFolder> {
  const path = await mkdtemp(join(tmpdir(), 'tune-test-'));
  const results = join(path, 'results');
  return {
    path,
    results,
    async write(name, content) {
      const file = join(path, name);
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
    async saved() {
      const names = await readdir(results).catch(() => []);
      const read = async (name: string) => ({ name, tuning: JSON.parse(await readFile(join(results, name), 'utf8')) as Tuning });
      return await Promise.all(names.sort().map(read));
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

/** So little that the machine hardly notices. */
export const SMALL_MONTE_CARLO = { num: 5, payload: { samples: 200_000, shards: 4, seed: 42 } };
