import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { embeddedEnvironment } from '../../local/environment/embedded-environment.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/index.ts';
import { onPath } from '../helpers/on-path.ts';

const command = onPath('aws');
if (command === undefined)
  process.stderr.write('Tests of the aws CLI are skipped: aws is not on PATH; pip install awscli adds it\n');

describe.skipIf(command === undefined)('the aws CLI', () => {
  const fleet = createFleet({ instanceCount: 12 });
  let aws: EmbeddedAws;
  let folder: string;

  beforeAll(async () => {
    aws = await startEmbeddedAws({ ec2: { fleet } });
    folder = await mkdtemp(join(tmpdir(), 'aws-cli-'));
  });

  afterAll(async () => {
    await aws.close();
    await rm(folder, { recursive: true });
  });

  async function cli(...args: string[]): Promise<string> {
    const env = embeddedEnvironment(aws.url);
    const { stdout } = await promisify(execFile)(command ?? 'aws', args, { env });
    return stdout;
  }

  test('aws s3 cp and ls carry a file there and back, in parts where it is large', async () => {
    const content = Buffer.alloc(9 * 1024 * 1024, 'lambda-parallel ');
    await writeFile(join(folder, 'large file+.bin'), content);
    await cli('s3', 'mb', 's3://cli');
    await cli('s3', 'cp', join(folder, 'large file+.bin'), 's3://cli/dir/large file+.bin');
    expect(await cli('s3', 'ls', '--recursive', 's3://cli/')).toMatch(/ 9437184 dir\/large file\+\.bin\n$/);
    expect(await cli('s3', 'ls', 's3://cli/')).toMatch(/ PRE dir\/\n$/);
    await cli('s3', 'cp', 's3://cli/dir/large file+.bin', join(folder, 'back.bin'));
    expect((await readFile(join(folder, 'back.bin'))).equals(content)).toBe(true);
    await cli('s3', 'rm', '--recursive', 's3://cli/');
    expect(await cli('s3api', 'list-objects-v2', '--bucket', 'cli', '--query', 'Contents')).toBe('null\n');
  });

  test('aws ec2 describe-volumes --filters gives the volumes of an instance', async () => {
    const instanceId = fleet.volumes.flatMap(({ attachments }) => attachments)[0]?.instanceId ?? '';
    const filter = `Name=attachment.instance-id,Values=${instanceId}`;
    const answer = await cli(
      'ec2',
      'describe-volumes',
      '--filters',
      filter,
      '--query',
      'Volumes[].[VolumeId,Size]',
      '--output',
      'json',
    );
    const attached = fleet.volumes.filter(({ attachments }) =>
      attachments.some((attachment) => attachment.instanceId === instanceId),
    );
    expect((JSON.parse(answer) as unknown[]).sort()).toEqual(attached.map(({ volumeId, sizeGib }) => [volumeId, sizeGib]).sort());
  });

  test('aws s3api names the operation that the embedded S3 lacks', async () => {
    await cli('s3', 'mb', 's3://lacking');
    await expect(cli('s3api', 'get-bucket-acl', '--bucket', 'lacking')).rejects.toThrow(/NotImplemented.*GetBucketAcl/);
  });
});
