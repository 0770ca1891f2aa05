import { deepStrictEqual } from 'node:assert/strict';
import { unlessAborted } from '../command-line/stop-signal.ts';
import type { Progress } from '../figures/progress.ts';
import { type DemoStack, startDemoStack } from './demo-stack.ts';
import { type Job, type JobOptions, jobsOf } from './job-list.ts';

export interface RunOptions extends JobOptions {
  readonly s3LatencyMs: number;
  readonly ec2LatencyMs: number;
  /** Of all functions, in MB. */
  readonly memoryMb: number;
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

export interface JobResults {
  readonly results: readonly JobResult[];
  /** Why the functions had more CPU and memory than their setting says; absent where they had not. */
  readonly unlimitedReason: string | undefined;
}

/**
 * Runs each job through Lambda, against an embedded AWS of its own, sequentially and in parallel.
 *
 * @throws The reason of `signal` when it aborts; nothing is left behind then either.
 */
export async function runJobs(
  options: RunOptions,
  progress: Progress,
  signal: AbortSignal = new AbortController().signal,
): Promise<JobResults> {
  await using demo = await startDemoStack(options, signal);
  return await unlessAborted(signal, runEach(options, demo, progress));
}

async function runEach(options: RunOptions, demo: DemoStack, progress: Progress): Promise<JobResults> {
  const results: JobResult[] = [];
  for (const job of jobsOf(options, demo.invoke)) results.push(await runJob(job, options.runCount, demo, progress));
  return { results, unlimitedReason: demo.unlimitedReason };
}

async function runJob(job: Job, runCount: number, demo: DemoStack, progress: Progress): Promise<JobResult> {
  const measure = async (way: string, run: () => Promise<unknown>) => {
    // Each run meets the full request buckets of an account at rest.
    demo.refillRequestBuckets();
    const { service } = job;
    const callsBefore = service ? demo.callCount(service) : 0;
    const callCount = (): number => (service ? demo.callCount(service) - callsBefore : 0);
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
