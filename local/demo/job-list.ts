import type { Context } from 'aws-lambda';
import type { ServiceName } from '../endpoint/service.ts';
import { imageKeys, LOG_PREFIX } from './demo-data.ts';
import { DEMO_OBJECT_KEY } from './demo-object.ts';
import { lambdaContext } from './lambda-context.ts';

export interface JobOptions {
  /** Downloads of the 8 KB object. */
  readonly objectCount: number;
  readonly instanceCount: number;
  /** Images to make thumbnails of. Without a count, here and in the next two, the job is left out. */
  readonly imageCount?: number;
  readonly logObjectCount?: number;
  /** Random points of the Monte Carlo estimate. */
  readonly sampleCount?: number;
  /** Downloads and calls in flight at once. */
  readonly concurrency: number;
}

export interface Job {
  /** In the name of the figures. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Absent where a job only computes. */
  readonly service?: ServiceName;
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
/** As many as the sample event has: enough to deal them out evenly, few enough to be long. */
const SHARD_COUNT = 64;

/** Loaded only here: a handler reads its environment when it is loaded, as on Lambda. */
export async function loadJobs(options: JobOptions): Promise<Job[]> {
  const jobs = [volumeJobs, downloadJob, monteCarloJob, imageResizeJob, logAnalysisJob].map((load) => load(options));
  return (await Promise.all(jobs)).flat();
}

async function volumeJobs({ instanceCount, concurrency }: JobOptions): Promise<Job[]> {
  const { handler: volumesSequential } = await import('../../handlers/volumes-sequential.ts');
  const { handler: volumesParallel } = await import('../../handlers/volumes-parallel.ts');
  const volumes = async (name: string, handler: unknown, event: object): Promise<unknown> => {
    const { totalGib, volumeCount } = (await invoke(name, handler, event)) as Volumes;
    return { totalGib, volumeCount };
  };
  const fleet = {
    service: 'ec2',
    itemCount: instanceCount,
    callCount: instanceCount + 1,
    sequential: () => volumes('volumes-sequential', volumesSequential, {}),
  } as const;
  const inParallel = (strategy: string) => () => volumes('volumes-parallel', volumesParallel, { strategy, concurrency });
  return [
    { ...fleet, name: 'volumes', title: 'EBS volumes, a call per instance', parallel: inParallel('per-instance') },
    { ...fleet, name: 'volumes-auto', title: 'EBS volumes, as few calls as do', parallel: inParallel('auto') },
  ];
}

async function downloadJob({ objectCount, concurrency }: JobOptions): Promise<Job> {
  const { handler } = await import('../../handlers/parallel-download.ts');
  const downloads = async (mode: string): Promise<unknown> => {
    const event = { objectKey: DEMO_OBJECT_KEY, repeat: objectCount, mode, concurrency };
    const { downloaded, byteCount } = (await invoke('parallel-download', handler, event)) as Downloads;
    return { downloaded, byteCount };
  };
  return {
    name: 'parallel-download',
    title: 'S3 objects of 8 KB',
    service: 's3',
    itemCount: objectCount,
    callCount: objectCount,
    ...bothWays(downloads),
  };
}

async function monteCarloJob({ sampleCount }: JobOptions): Promise<Job[]> {
  if (sampleCount === undefined) return [];
  const { handler } = await import('../../handlers/monte-carlo.ts');
  const event = { samples: sampleCount, shards: SHARD_COUNT, seed: 42 };
  return [
    {
      name: 'monte-carlo',
      title: 'random points for π',
      itemCount: sampleCount,
      callCount: 0,
      ...bothWays((mode) => invoke('monte-carlo', handler, { ...event, mode })),
    },
  ];
}

async function imageResizeJob({ imageCount, concurrency }: JobOptions): Promise<Job[]> {
  if (imageCount === undefined) return [];
  const { handler } = await import('../../handlers/image-resize.ts');
  const event = { keys: imageKeys(imageCount), concurrency };
  return [
    {
      name: 'image-resize',
      title: 'thumbnails of 0.2 to 1.5 MB images',
      service: 's3',
      itemCount: imageCount,
      callCount: 2 * imageCount,
      ...bothWays((mode) => invoke('image-resize', handler, { ...event, mode })),
    },
  ];
}

async function logAnalysisJob({ logObjectCount, concurrency }: JobOptions): Promise<Job[]> {
  if (logObjectCount === undefined) return [];
  const { handler } = await import('../../handlers/log-analysis.ts');
  const event = { prefix: LOG_PREFIX, concurrency };
  return [
    {
      name: 'log-analysis',
      title: 'log objects of 1 MB, analysed',
      service: 's3',
      itemCount: logObjectCount,
      callCount: logObjectCount + 1,
      ...bothWays((mode) => invoke('log-analysis', handler, { ...event, mode })),
    },
  ];
}

/** Of a handler that can do both. */
function bothWays(run: (mode: 'sequential' | 'parallel') => Promise<unknown>): Pick<Job, 'sequential' | 'parallel'> {
  return { sequential: () => run('sequential'), parallel: () => run('parallel') };
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
