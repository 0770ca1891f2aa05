import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';

// What people who use AWS have.
const OF_AN_AWS_USER = { AWS_PROFILE: 'nope', AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };

function serveWith(variables: NodeJS.ProcessEnv, ...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  const command = ['--disable-warning=ExperimentalWarning', 'local/serve/serve.ts', ...args];
  const env = { ...process.env, ...OF_AN_AWS_USER, ...variables };
  return spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], env });
}

const serve = (...args: string[]) => serveWith({}, ...args);

const exitOf = async (child: ChildProcessByStdio<null, Readable, Readable>): Promise<unknown> => (await once(child, 'exit'))[0];

test('npm run local prints what a shell evaluates, serves S3 and EC2 with something in them, and ends cleanly on Ctrl-C', async () => {
  const child = serve('--port', '0', '--instances', '7');
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { value: line = '' } = await lines.next();
    expect((await lines.next()).value).toMatch(/^unset (?=.*AWS_PROFILE)(?=.*AWS_USE_FIPS_ENDPOINT)(?=.*AWS_ENDPOINT_URL_S3)/);
    const [, endpoint = ''] = /^export AWS_ENDPOINT_URL=(http:\/\/127\.0\.0\.1:\d+) AWS_REGION=us-east-1 /.exec(line) ?? [];
    const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    const s3 = new S3Client(config);
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'lambda-parallel-demo', Key: 'objects/8-kb.bin' }));
    expect(head.ContentLength).toBe(8192);
    const ec2 = new EC2Client(config);
    let instanceCount = 0;
    for await (const { Reservations: reservations = [] } of paginateDescribeInstances({ client: ec2 }, {})) {
      for (const { Instances: instances = [] } of reservations) instanceCount += instances.length;
    }
    expect(instanceCount).toBe(7);
    s3.destroy();
    ec2.destroy();
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});

test('npm run local on a port in use names the port and what to do, with a status other than 0', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const child = serve('--port', `${port}`);
  try {
    const stderr: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    expect(await exitOf(child)).toBe(1);
    expect(stderr.join('')).toContain(`port ${port} is in use; choose another one with --port`);
  } finally {
    child.kill('SIGKILL');
    other.close();
  }
});

test('npm run local that cannot put its object says why and ends, with a status other than 0', async () => {
  // With so little room for headers no request is taken.
  const child = serveWith({ NODE_OPTIONS: '--max-http-header-size=64' }, '--port', '0');
  try {
    const stderr: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    expect(await exitOf(child)).toBe(1);
    expect(stderr.join('')).toContain('Cannot start the embedded AWS: ');
  } finally {
    child.kill('SIGKILL');
  }
});
