import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedEnvironment } from '../local/environment/embedded-environment.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../local/index.ts';
import { s3ClientOf } from './helpers/aws-clients.ts';

const readme = await readFile('README.md', 'utf8');
const examples = [...readme.matchAll(/^```ts run\n(.*?)^```$/gms)].map(([, code = '']) => code);
/** Files that examples refer to, by name. */
const files = [...readme.matchAll(/^```ts file=(\S+)\n(.*?)^```$/gms)].map(([, name = '', code = '']) => ({ name, code }));

let aws: EmbeddedAws;
let env: NodeJS.ProcessEnv;
let folder: string;

beforeAll(async () => {
  // In here, where `lambda-parallel` is the package itself.
  folder = await mkdtemp(join('test', '.readme-'));
  for (const { name, code } of files) await writeFile(join(folder, name), code);
  for (const [index, code] of examples.entries()) await writeFile(join(folder, `example-${index}.ts`), `${code}\nexport {};\n`);
  aws = await startEmbeddedAws();
  const client = s3ClientOf(aws.url);
  await client.send(new CreateBucketCommand({ Bucket: 'photos' }));
  const objects = { 'a.jpg': 1024, 'b.jpg': 2048, '2026/c.jpg': 10, '2026/d.jpg': 20 };
  for (const [key, byteCount] of Object.entries(objects)) {
    await client.send(new PutObjectCommand({ Bucket: 'photos', Key: key, Body: new Uint8Array(byteCount) }));
  }
  client.destroy();
  env = embeddedEnvironment(aws.url);
});

afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

test('README has examples', () => {
  expect(examples.length).toBeGreaterThan(5);
});

test.each(examples.map((code, index) => ({ index, code })))(
  'README example $index prints what its //=> comments say',
  async ({ index, code }) => {
    const args = ['--conditions=lambda-parallel-source', join(folder, `example-${index}.ts`)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout.trimEnd().split('\n')).toEqual([...code.matchAll(/^\s*\/\/=> (.*)$/gm)].map(([, line]) => line));
  },
);

test('README examples compile, as strictly as the library', async () => {
  const names = [...files.map(({ name }) => name), ...examples.map((_, index) => `example-${index}.ts`)];
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: [], files: names }));
  const { stdout } = await promisify(execFile)(join('node_modules', '.bin', 'tsc'), ['-p', folder]).catch((error) => error);
  expect(stdout).toBe('');
});
