import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { createBucket, numberedKeys, putInTurn } from '../../local/demo/demo-bucket.ts';
import { demoImages } from '../../local/demo/demo-images.ts';
import { EMBEDDED_REGION, embeddedEnvironment } from '../../local/environment/embedded-environment.ts';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';
import { startEmbeddedAwsThread } from '../../local/thread/start-thread.ts';

const IMAGES = 500;
const S3_LATENCY_MS = 20;
/** Of 0.9 MB on average, so that the budget holds and not the number. */
const CONCURRENCY = 100;
const BUDGET_BYTES = 64 * 1024 * 1024;
/** Two of each kind: what the first use of SDK, threads and sharp takes is measured by itself, and not once more with the job. */
const FIRST_IMAGES = 12;
const RUNS = 3;
const UPLOADS = 'uploads';

/** What the handler is given. */
export interface ImageJobEvent {
  readonly keys: readonly string[];
  readonly concurrency: number;
  readonly maxInFlightBytes: number;
}

/** What the program says: it waits after `ready` until it is told to start. */
export type ImageJobMessage = { readonly is: 'ready' } | ImageJobDone;

interface ImageJobDone {
  readonly is: 'done';
  readonly thumbnailCount: number;
  readonly seconds: number;
  /** Of the program. */
  readonly cpuSeconds: number;
  readonly rssGrowthMb: number;
}

interface ImageJobRun extends ImageJobDone {
  /** Of the program and of the embedded S3, which works for it. */
  readonly totalCpuSeconds: number;
}

interface ImageJobRuns {
  readonly first: ImageJobRun[];
  readonly handler: ImageJobRun[];
  readonly promiseAll: ImageJobRun[];
}

/**
 * 500 JPEGs from S3 through the deployable handler and back, beside a `Promise.all` over all of them. The embedded S3 is a thread
 * of this process and the job a process of its own. The job cannot take less than the CPU time of both divided by the cores.
 */
export async function imageResizeFigures(progress: Progress): Promise<Figure[]> {
  await using aws = await startEmbeddedAwsThread();
  const client = new S3Client({
    endpoint: aws.url,
    region: EMBEDDED_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const keys = numberedKeys('images/', IMAGES, '.jpg');
  await createBucket(client, UPLOADS);
  await putInTurn(client, UPLOADS, keys, await demoImages());
  await aws.configure('s3', { latencyMs: S3_LATENCY_MS });

  async function run(way: string, bucket: string, imageKeys: readonly string[], warmUpCount: number): Promise<ImageJobRun> {
    await createBucket(client, bucket);
    const event = { keys: imageKeys, concurrency: CONCURRENCY, maxInFlightBytes: BUDGET_BYTES };
    const environment = { ...embeddedEnvironment(aws.url), UPLOAD_BUCKET_NAME: UPLOADS, THUMBNAIL_BUCKET_NAME: bucket };
    const callsBefore = aws.callCount('s3');
    const callCount = (): number => aws.callCount('s3') - callsBefore;
    const callsPerImage = way === 'promise-all' ? 2 : 3;
    return await progress.during(`image-resize, ${way}`, callsPerImage * imageKeys.length, callCount, () =>
      runJob(way, event, warmUpCount, environment),
    );
  }

  const runs: ImageJobRuns = { first: [], handler: [], promiseAll: [] };
  for (let round = 0; round < RUNS; round += 1) {
    runs.first.push(await run('handler', `first-${round}`, keys.slice(0, FIRST_IMAGES), 0));
    runs.handler.push(await run('handler', `handler-${round}`, keys, FIRST_IMAGES));
    runs.promiseAll.push(await run('promise-all', `promise-all-${round}`, keys, FIRST_IMAGES));
    const thumbnails = await objectsIn(client, `handler-${round}`);
    strictEqual(thumbnails.length, IMAGES);
    deepStrictEqual(await objectsIn(client, `promise-all-${round}`), thumbnails, 'the thumbnails differ');
  }
  client.destroy();
  return figuresOf(runs);
}

function figuresOf({ first, handler, promiseAll }: ImageJobRuns): Figure[] {
  const vsLimit = ({ seconds, totalCpuSeconds }: ImageJobRun): number => seconds / (totalCpuSeconds / availableParallelism());
  const seconds = (run: ImageJobRun): number => run.seconds;
  const cpuSeconds = (run: ImageJobRun): number => run.totalCpuSeconds;
  const growth = ({ rssGrowthMb }: ImageJobRun): number => rssGrowthMb;
  const overBudget = ({ rssGrowthMb }: ImageJobRun): number => rssGrowthMb - BUDGET_BYTES / 1e6;
  return [
    figure('image-resize.vs-cpu-limit', 'x', handler.map(vsLimit)),
    figure('image-resize.rss-over-budget-mb', 'MB', handler.map(overBudget)),
    figure('image-resize.rss-growth-mb', 'MB', handler.map(growth)),
    figure(`image-resize.first-${FIRST_IMAGES}.rss-growth-mb`, 'MB', first.map(growth)),
    figure('image-resize.seconds', 's', handler.map(seconds)),
    figure('image-resize.cpu-seconds', 's', handler.map(cpuSeconds)),
    figure('image-resize.promise-all.rss-growth-mb', 'MB', promiseAll.map(growth)),
    figure('image-resize.promise-all.seconds', 's', promiseAll.map(seconds)),
    figure('image-resize.promise-all.cpu-seconds', 's', promiseAll.map(cpuSeconds)),
  ];
}

async function runJob(way: string, event: ImageJobEvent, warmUpCount: number, env: NodeJS.ProcessEnv): Promise<ImageJobRun> {
  const file = fileURLToPath(new URL('./image-resize.program.ts', import.meta.url));
  const program = fork(file, [way, JSON.stringify(event), `${warmUpCount}`], {
    env,
    // The handler logs its metrics.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(program, 'exit');
  const message = async (): Promise<ImageJobMessage> => {
    const exit = ended.then(([code, signal]) => {
      throw new Error(`Cannot measure ${way}: its program ended with ${signal ?? `code ${code}`}`);
    });
    const [answer] = await Promise.race([once(program, 'message'), exit]);
    return answer as ImageJobMessage;
  };
  await message();
  const cpuBefore = process.cpuUsage();
  program.send('start');
  const done = await message();
  const { user, system } = process.cpuUsage(cpuBefore);
  await ended;
  if (done.is !== 'done') throw new Error(`Cannot measure ${way}: its program said "${done.is}" instead of what it had done`);
  strictEqual(done.thumbnailCount, event.keys.length);
  return { ...done, totalCpuSeconds: done.cpuSeconds + (user + system) / 1e6 };
}

/** Keys and contents, in the order of the keys. */
async function objectsIn(client: S3Client, bucket: string): Promise<string[]> {
  const objects: string[] = [];
  for await (const { Contents: contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    objects.push(...contents.map(({ Key: key, ETag: etag }) => `${key} ${etag}`));
  }
  return objects;
}
