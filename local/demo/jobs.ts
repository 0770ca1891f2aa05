import { deepStrictEqual } from 'node:assert/strict';
import { embeddedEnvironment } from '../environment/embedded-environment.ts';
import type { Progress } from '../figures/progress.ts';
import { type EmbeddedAwsThread, startEmbeddedAwsThread } from '../thread/start-thread.ts';
import { DEMO_VARIABLES, putDemoData } from './demo-data.ts';
import { type Job, type JobOptions, loadJobs } from './job-list.ts';

export interface RunOptions extends JobOptions {
  readonly s3LatencyMs: number;
  readonly ec2LatencyMs: number;
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
  /** As the service counted them. Absent where a job only computes. */
  readonly callCounts: { readonly sequential: number; readonly parallel: number } | undefined;
}

/** Runs each job through its deployable handler, against an embedded AWS of its own, sequentially and in parallel. */
export async function runJobs(options: RunOptions, progress: Progress): Promise<JobResult[]> {
  await using aws = await startEmbeddedAwsThread({ fleet: { instanceCount: options.instanceCount } });
  process.env = { ...embeddedEnvironment(aws.url), ...DEMO_VARIABLES };
  await putDemoData(options);
  await aws.configure('s3', { latencyMs: options.s3LatencyMs });
  await aws.configure('ec2', { latencyMs: options.ec2LatencyMs });
  const results: JobResult[] = [];
  for (const job of await loadJobs(options)) results.push(await runJob(job, options.runCount, aws, progress));
  return results;
}

async function runJob(job: Job, runCount: number, aws: EmbeddedAwsThread, progress: Progress): Promise<JobResult> {
  const measure = async (way: string, run: () => Promise<unknown>) => {
    // Each run meets the full request buckets of an account at rest.
    await aws.setRequestBuckets({});
    const { service } = job;
    const callsBefore = service ? aws.callCount(service) : 0;
    const callCount = (): number => (service ? aws.callCount(service) - callsBefore : 0);
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
    callCounts: job.service && { sequential: sequential.callCount, parallel: parallel.at(-1)?.callCount ?? 0 },
  };
}
