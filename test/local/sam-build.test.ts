/** What `sam build` made, alone in a folder, under the real runtime client. `.ci/run` builds it; elsewhere `sam build` does. */
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFleet } from '../../local/ec2/fleet.ts';
import { fleetTotals } from '../../local/ec2/fleet-totals.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/index.ts';
import { createEnvironmentFleet } from '../../local/lambda/environment/environment-fleet.ts';
import { detectResourceControl } from '../../local/lambda/environment/limits/resource-control.ts';
import type { FunctionModel, TemplateModel } from '../../local/template/model.ts';
import { readTemplate } from '../../local/template/read-template.ts';
import { s3ClientOf } from '../helpers/aws-clients.ts';
import { sampleEvent } from '../helpers/deployed.ts';
import { jpegOf } from '../helpers/images.ts';

const BUILT = '.aws-sam/build';

const reasonToSkip = await whyNot();
if (reasonToSkip !== undefined)
  process.stderr.write(`Tests of what SAM builds are skipped: ${reasonToSkip}; sam build adds it\n`);

/** An older build would be tested for what the sources say by now. */
async function whyNot(): Promise<string | undefined> {
  const built = await stat(join(BUILT, 'template.yaml')).catch(() => undefined);
  if (built === undefined) return `there is no ${BUILT}`;
  const files = await Promise.all(['handlers', 'src', 'layers/sharp'].map(filesIn));
  const sources = files.flat().filter((file) => !file.includes('node_modules'));
  for (const file of ['template.yaml', 'package-lock.json', ...sources])
    if ((await stat(file)).mtimeMs > built.mtimeMs) return `${BUILT} is older than ${file}`;
  return undefined;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe.skipIf(reasonToSkip !== undefined)('What sam build makes', () => {
  const control = detectResourceControl();
  const instances = createFleet({ instanceCount: 20 });
  let aws: EmbeddedAws;
  let deployed: string;
  let template: TemplateModel;

  beforeAll(async () => {
    // No package is above it.
    deployed = await mkdtemp(join(tmpdir(), 'lambda-parallel-sam-'));
    await cp(BUILT, deployed, { recursive: true, dereference: true });
    template = await readTemplate(join(deployed, 'template.yaml'));
    aws = await startEmbeddedAws({ ec2: { fleet: instances } });
    await putObjects();
  });

  afterAll(async () => {
    await aws?.close();
    await rm(deployed, { recursive: true });
  });

  async function putObjects(): Promise<void> {
    const client = s3ClientOf(aws.url);
    const line = JSON.stringify({ route: '/orders', status: 200, durationMs: 12 });
    const bodies = {
      'objects/8-kb.bin': Buffer.alloc(8192),
      'logs/1.jsonl': `${line}\n${line}\n`,
      'logs/2.jsonl': `${line}\n`,
      'images/001.jpg': await jpegOf(640, 480),
      'images/002.jpg': await jpegOf(480, 640),
      'images/003.jpg': await jpegOf(200, 200),
    };
    for (const { bucketName: Bucket } of template.buckets) {
      await client.send(new CreateBucketCommand({ Bucket }));
      for (const [Key, Body] of Object.entries(bodies)) await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    }
    client.destroy();
  }

  /** One cold start at the memory setting of the template. */
  async function invoke(name: string, event: unknown, change: Partial<FunctionModel> = {}) {
    const model = template.functions.find(({ handler }) => handler === `${name}.handler`);
    if (model === undefined) throw new Error(`Cannot invoke ${name}: template.yaml has no such function`);
    const { codeFolder: taskRoot, timeoutSeconds, ...settings } = { ...model, ...change };
    const place = { taskRoot, timeoutMs: timeoutSeconds * 1000, version: '$LATEST', region: 'us-east-1', endpointUrl: aws.url };
    await using fleet = createEnvironmentFleet({ ...settings, ...place }, { control });
    const { payload, isFunctionError, logTail } = await fleet.invoke({
      requestId: crypto.randomUUID(),
      payload: JSON.stringify(event),
      invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${settings.functionName}`,
      traceId: 'Root=1-00000000-000000000000000000000000',
    });
    return { isFunctionError, answer: JSON.parse(payload), logTail };
  }

  const { attachedGib: totalGib, attachedVolumeCount: volumeCount } = fleetTotals(instances);

  test.each([
    ['parallel-download', { downloaded: 2000, failed: 0, skipped: 0 }],
    ['volumes-parallel', { totalGib, volumeCount, instanceCount: 20 }],
    ['volumes-sequential', { totalGib, volumeCount, instanceCount: 20 }],
    ['monte-carlo', { samples: 20_000_000, shards: { done: 64, failed: 0, skipped: 0 } }],
    ['image-resize', { resized: 3, failed: 0, skipped: 0 }],
    ['image-resize.notification', { resized: 1, failed: 0, skipped: 0 }],
    ['log-analysis', { objects: { listed: 2, analysed: 2, failed: 0, skipped: 0 }, lineCount: 3 }],
  ])('answers the sample event %s', async (sample, expected) => {
    const [name = ''] = sample.split('.');
    const { isFunctionError, answer, logTail } = await invoke(name, await sampleEvent(sample));
    expect(answer, logTail).toMatchObject(expected);
    expect(isFunctionError).toBe(false);
  });

  test('has sharp from its layer, and from nowhere else', async () => {
    const { isFunctionError, answer } = await invoke('image-resize', { keys: [] }, { layerFolders: [] });
    expect(isFunctionError).toBe(true);
    expect(answer.errorMessage).toContain("Cannot find module 'sharp'");
  });

  test('has sharp for both architectures in one layer, which fits the limit of Lambda', async () => {
    const [layer = ''] = template.functions.find(({ handler }) => handler === 'image-resize.handler')?.layerFolders ?? [];
    const files = await filesIn(layer);
    for (const cpu of ['arm64', 'x64']) {
      expect(files).toContainEqual(expect.stringMatching(`sharp-linux-${cpu}/lib/sharp-linux-${cpu}.*\\.node$`));
      expect(files).toContainEqual(expect.stringMatching(`sharp-libvips-linux-${cpu}/lib/libvips-cpp\\.so`));
    }
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    // Function and layers together, unpacked: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100 * 1024 * 1024);
  });
});
