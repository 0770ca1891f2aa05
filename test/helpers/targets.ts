import { spawn } from 'node:child_process';
import { type EmbeddedAwsOptions, startEmbeddedAws } from '../../local/index.ts';
import { onPath } from './on-path.ts';

export type TargetName = 'embedded' | 'moto' | 'environment';

/** An endpoint that the conformance tests run against. */
export interface ConformanceTarget {
  readonly name: TargetName;
  /** Why this target cannot run on this machine; absent when it can. */
  readonly skipped?: string;
  start(): Promise<StartedTarget>;
}

export interface StartedTarget {
  readonly name: TargetName;
  readonly endpointUrl: string;
  readonly region: string;
  /** To spread into the constructor of any AWS SDK client. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    /** Absent for the endpoint of the environment, whose credentials come from the environment as well. */
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  close(): Promise<void>;
}

/**
 * The endpoints a conformance suite runs against: the embedded AWS; moto, if it is installed; and `AWS_ENDPOINT_URL`, if set,
 * which may be real AWS, so a test uses unique names and removes what it makes.
 *
 * Synchronous, for `describe.each`; a target with `skipped` is for `describe.skip`.
 */
export function conformanceTargets(options: EmbeddedAwsOptions = {}): readonly ConformanceTarget[] {
  const targets = [embedded(options), moto()];
  const url = process.env['AWS_ENDPOINT_URL'];
  if (url) targets.push(environment(url));
  return targets;
}

function embedded(options: EmbeddedAwsOptions): ConformanceTarget {
  return {
    name: 'embedded',
    async start() {
      const aws = await startEmbeddedAws(options);
      return started('embedded', aws.url, () => aws.close());
    },
  };
}

function moto(): ConformanceTarget {
  const command = onPath('moto_server');
  if (command === undefined) {
    const skipped = 'moto_server is not on PATH; pip install "moto[server]" adds it';
    process.stderr.write(`Conformance tests skip moto: ${skipped}\n`);
    return { name: 'moto', skipped, start: () => Promise.reject(new Error(`Cannot start moto: ${skipped}`)) };
  }
  return { name: 'moto', start: () => startMoto(command) };
}

function environment(url: string): ConformanceTarget {
  const region = process.env['AWS_REGION'] ?? 'us-east-1';
  return {
    name: 'environment',
    start: async () => ({
      name: 'environment',
      endpointUrl: url,
      region,
      clientConfig: { endpoint: url, region },
      close: async () => {},
    }),
  };
}

function started(name: TargetName, endpointUrl: string, close: () => Promise<void>): StartedTarget {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const region = 'us-east-1';
  return { name, endpointUrl, region, clientConfig: { endpoint: endpointUrl, region, credentials }, close };
}

async function startMoto(command: string): Promise<StartedTarget> {
  const server = spawn(command, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise<void>((resolve) => server.once('close', () => resolve()));

  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    server.once('close', (code) => reject(new Error(`Cannot start ${command}: it ended with code ${code}; it wrote: ${output}`)));
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-10_000);
      const [, address] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  return started('moto', url, async () => {
    kill();
    await exited;
    process.off('exit', kill);
  });
}
