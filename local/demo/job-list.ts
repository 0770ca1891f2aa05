import type { ServiceName } from '../endpoint/service.ts';
import { imageKeys, LOG_PREFIX } from './demo-data.ts';
import { DEMO_OBJECT_KEY } from './demo-object.ts';

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

/** Calls a handler by its name in `handlers/`, through Lambda. */
export type InvokeHandler = (name: string, event: object) => Promise<unknown>;

/** As many as the sample event has: enough to deal them out evenly, few enough to be long. */
const SHARD_COUNT = 64;

export function jobsOf(options: JobOptions, invoke: InvokeHandler): Job[] {
  return [volumeJobs, downloadJobs, monteCarloJobs, imageResizeJobs, logAnalysisJobs].flatMap((jobs) => jobs(options, invoke));
}

function volumeJobs({ instanceCount, concurrency }: JobOptions, invoke: InvokeHandler): Job[] {
  const volumes = async (name: string, event: object): Promise<unknown> => {
    const { totalGib, volumeCount } = (await invoke(name, event)) as Volumes;
    return { totalGib, volumeCount };
  };
  const fleet = {
    service: 'ec2',
    itemCount: instanceCount,
    callCount: instanceCount + 1,
    sequential: () => volumes('volumes-sequential', {}),
  } as const;
  const inParallel = (strategy: string) => () => volumes('volumes-parallel', { strategy, concurrency });
  return [
    { ...fleet, name: 'volumes', title: 'EBS volumes, a call per instance', parallel: inParallel('per-instance') },
    { ...fleet, name: 'volumes-auto', title: 'EBS volumes, as few calls as do', parallel: inParallel('auto') },
  ];
}

function downloadJobs({ objectCount, concurrency }: JobOptions, invoke: InvokeHandler): Job[] {
  const downloads = async (mode: string): Promise<unknown> => {
    const event = { objectKey: DEMO_OBJECT_KEY, repeat: objectCount, mode, concurrency };
    const { downloaded, byteCount } = (await invoke('parallel-download', event)) as Downloads;
    return { downloaded, byteCount };
  };
  return [
    {
      name: 'parallel-download',
      title: 'S3 objects of 8 KB',
      service: 's3',
      itemCount: objectCount,
      callCount: objectCount,
      ...bothWays(downloads),
    },
  ];
}

function monteCarloJobs({ sampleCount }: JobOptions, invoke: InvokeHandler): Job[] {
  if (sampleCount === undefined) return [];
  const event = { samples: sampleCount, shards: SHARD_COUNT, seed: 42 };
  return [
    {
      name: 'monte-carlo',
      title: 'random points for π',
      itemCount: sampleCount,
      callCount: 0,
      ...bothWays((mode) => invoke('monte-carlo', { ...event, mode })),
    },
  ];
}

function imageResizeJobs({ imageCount, concurrency }: JobOptions, invoke: InvokeHandler): Job[] {
  if (imageCount === undefined) return [];
  const event = { keys: imageKeys(imageCount), concurrency };
  return [
    {
      name: 'image-resize',
      title: 'thumbnails of 0.2 to 1.5 MB images',
      service: 's3',
      itemCount: imageCount,
      callCount: 2 * imageCount,
      ...bothWays((mode) => invoke('image-resize', { ...event, mode })),
    },
  ];
}

function logAnalysisJobs({ logObjectCount, concurrency }: JobOptions, invoke: InvokeHandler): Job[] {
  if (logObjectCount === undefined) return [];
  const event = { prefix: LOG_PREFIX, concurrency };
  return [
    {
      name: 'log-analysis',
      title: 'log objects of 1 MB, analysed',
      service: 's3',
      itemCount: logObjectCount,
      callCount: logObjectCount + 1,
      ...bothWays((mode) => invoke('log-analysis', { ...event, mode })),
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
