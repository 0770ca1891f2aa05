import { deepStrictEqual } from 'node:assert/strict';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import type { ServiceName } from '../endpoint/service.ts';
import { embeddedEnvironment } from '../environment/embedded-environment.ts';
import type { Progress } from '../figures/progress.ts';
import { type EmbeddedAwsThread, startEmbeddedAwsThread } from '../thread/start-thread.ts';
import { DEMO_BUCKET, DEMO_OBJECT_KEY, putDemoObject } from './demo-object.ts';
import { lambdaContext } from './lambda-context.ts';

export interface JobOptions {
  /** Downloads of the 8 KB object. */
  readonly objectCount: number;
  readonly instanceCount: number;
  readonly s3LatencyMs: number;
  readonly ec2LatencyMs: number;
  /** Downloads and calls in flight at once. */
  readonly concurrency: number;
  /** Parallel runs: the median counts. The sequential twin, which takes long and varies little, runs once. */
  readonly runCount: number;
}

/** One job, both ways. */
export interface JobResult {
  /** In the name of the figures. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly itemCount: number;
  readonly sequentialSeconds: number;
  /** One per run. */
  readonly parallelSeconds: readonly number[];
  /** As the service counted them. */
  readonly sequentialCallCount: number;
  readonly parallelCallCount: number;
}

interface Job {
  readonly name: string;
  readonly title: string;
  readonly service: ServiceName;
  readonly itemCount: number;
  /** Requests to be expected of the sequential way, for the progress bar. */
  readonly callCount: number;
  /** Each returns what both must agree on. */
  readonly sequential: () => Promise<unknown>;
  readonly parallel: () => Promise<unknown>;
}

/** As Lambda calls it. Middy's own type asks for a third argument, which it fills in itself. */
type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** Longer than the longest job; Lambda's own limit. */
const TIMEOUT_MS = 15 * 60_000;

/** Runs each job through its deployable handler, against an embedded AWS of its own, sequentially and in parallel. */
export async function runJobs(options: JobOptions, progress: Progress): Promise<JobResult[]> {
  await using aws = await startEmbeddedAwsThread({ fleet: { instanceCount: options.instanceCount } });
  process.env = { ...embeddedEnvironment(aws.url), BUCKET_NAME: DEMO_BUCKET };
  await putObject();
  await aws.configure('s3', { latencyMs: options.s3LatencyMs });
  await aws.configure('ec2', { latencyMs: options.ec2LatencyMs });
  const results: JobResult[] = [];
  for (const job of await jobs(options)) results.push(await runJob(job, options.runCount, aws, progress));
  return results;
}

async function runJob(job: Job, runCount: number, aws: EmbeddedAwsThread, progress: Progress): Promise<JobResult> {
  const measure = async (way: string, run: () => Promise<unknown>) => {
    // Each run meets the full request buckets of an account at rest.
    await aws.setRequestBuckets({});
    const callsBefore = aws.callCount(job.service);
    const callCount = (): number => aws.callCount(job.service) - callsBefore;
    const startedAtMs = performance.now();
    const value = await progress.during(`${job.title}, ${way}`, job.callCount, callCount, run);
    return { value, seconds: (performance.now() - startedAtMs) / 1000, callCount: callCount() };
  };
  const sequential = await measure('sequential', job.sequential);
  const parallel: (typeof sequential)[] = [];
  while (parallel.length < runCount) parallel.push(await measure('parallel', job.parallel));
  for (const { value } of parallel) deepStrictEqual(value, sequential.value, `${job.title} differs between its two ways`);
  return {
    name: job.name,
    title: job.title,
    itemCount: job.itemCount,
    sequentialSeconds: sequential.seconds,
    parallelSeconds: parallel.map(({ seconds }) => seconds),
    sequentialCallCount: sequential.callCount,
    parallelCallCount: parallel.at(-1)?.callCount ?? 0,
  };
}

/** Loaded only here: a handler reads its environment when it is loaded, as on Lambda. */
async function jobs({ objectCount, instanceCount, concurrency }: JobOptions): Promise<Job[]> {
  const [download, volumesSequential, volumesParallel] = await Promise.all([
    import('../../handlers/parallel-download.ts'),
    import('../../handlers/volumes-sequential.ts'),
    import('../../handlers/volumes-parallel.ts'),
  ]);
  const downloads = async (mode: string): Promise<unknown> => {
    const event = { objectKey: DEMO_OBJECT_KEY, repeat: objectCount, mode, concurrency };
    const { downloaded, byteCount } = (await invoke('parallel-download', download.handler, event)) as Downloads;
    return { downloaded, byteCount };
  };
  const volumes = async (name: string, handler: unknown, event: object): Promise<unknown> => {
    const { totalGib, volumeCount } = (await invoke(name, handler, event)) as Volumes;
    return { totalGib, volumeCount };
  };
  const fleet = {
    service: 'ec2',
    itemCount: instanceCount,
    callCount: instanceCount + 1,
    sequential: () => volumes('volumes-sequential', volumesSequential.handler, {}),
  } as const;
  const inParallel = (strategy: string) => () => volumes('volumes-parallel', volumesParallel.handler, { strategy, concurrency });
  return [
    { ...fleet, name: 'volumes', title: 'EBS volumes, a call per instance', parallel: inParallel('per-instance') },
    { ...fleet, name: 'volumes-auto', title: 'EBS volumes, as few calls as do', parallel: inParallel('auto') },
    {
      name: 'parallel-download',
      title: 'S3 objects of 8 KB',
      service: 's3',
      itemCount: objectCount,
      callCount: objectCount,
      sequential: () => downloads('sequential'),
      parallel: () => downloads('parallel'),
    },
  ];
}

interface Downloads {
  readonly downloaded: number;
  readonly byteCount: number;
}

interface Volumes {
  readonly totalGib: number;
  readonly volumeCount: number;
}

/** The event goes through JSON, as on its way to Lambda. */
function invoke(functionName: string, handler: unknown, event: object): Promise<unknown> {
  return (handler as Handler)(JSON.parse(JSON.stringify(event)), lambdaContext(functionName, TIMEOUT_MS));
}

async function putObject(): Promise<void> {
  const client = new S3Client();
  try {
    await putDemoObject(client);
  } finally {
    client.destroy();
  }
}
