import { once } from 'node:events';
import { S3Client } from '@aws-sdk/client-s3';
import { program } from 'commander';
import { integerFrom } from '../command-line/numbers.ts';
import { DEMO_BUCKET, DEMO_OBJECT_KEY, putDemoObject } from '../demo/demo-object.ts';
import { createFleet } from '../ec2/fleet.ts';
import {
  EMBEDDED_REGION,
  embeddedEnvironment,
  embeddedVariables,
  overridingVariables,
} from '../environment/embedded-environment.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../index.ts';

program
  .name('npm run local --')
  .description('Serves the embedded S3 and EC2 until Ctrl-C, for the aws CLI, an SDK, or your own tests.')
  .option('--port <port>', 'on 127.0.0.1; 0 for a free one', integerFrom(0, 65_535), 4566)
  .option('--folder <path>', 'keep S3 in this folder instead of in memory')
  .option('--instances <count>', 'EC2 instances in the fleet', integerFrom(0, 20_000), 100)
  .option('--s3-latency <ms>', 'latency of each S3 request', integerFrom(0, 60_000), 0)
  .option('--ec2-latency <ms>', 'latency of each EC2 request', integerFrom(0, 60_000), 0)
  .parse();

const options = program.opts();
// Before the environment is replaced.
const overriding = overridingVariables(process.env);
const aws = await start();
if (aws !== undefined) {
  aws.configure('s3', { latencyMs: options['s3Latency'] });
  aws.configure('ec2', { latencyMs: options['ec2Latency'] });
  // On stdout what a shell can evaluate, on stderr what a person wants to know.
  const exported = Object.entries(embeddedVariables(aws.url)).map(([name, value]) => `${name}=${value}`);
  console.log(`export ${exported.join(' ')}`);
  // The other shell is likely to have what this one has.
  if (overriding.length > 0) console.log(`unset ${overriding.join(' ')}`);
  console.error(`S3 has s3://${DEMO_BUCKET}/${DEMO_OBJECT_KEY}, EC2 has ${options['instances']} instances. Ctrl-C stops.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await aws.close();
}

async function start(): Promise<EmbeddedAws | undefined> {
  const s3 = options['folder'] === undefined ? {} : { folder: options['folder'] };
  const fleet = createFleet({ instanceCount: options['instances'], region: EMBEDDED_REGION });
  let started: EmbeddedAws | undefined;
  try {
    started = await startEmbeddedAws({ port: options['port'], s3, ec2: { fleet } });
    process.env = embeddedEnvironment(started.url);
    await seed();
    return started;
  } catch (error) {
    // Its open port would keep the process alive.
    await started?.close();
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = inUse ? `port ${options['port']} is in use; choose another one with --port, or 0 for a free one` : String(error);
    console.error(`Cannot start the embedded AWS: ${why}`);
    process.exitCode = 1;
    return undefined;
  }
}

async function seed(): Promise<void> {
  const client = new S3Client();
  try {
    await putDemoObject(client);
  } finally {
    client.destroy();
  }
}
