/** Map and reduce over the log objects of a prefix: downloads overlap, threads parse whole batches, this thread adds them up. */
import { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import { DeadlineExceededError, parallel, type StreamOutcome, type TaskScope, workerRef } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import { integer, maxValue, minValue, number, optional, picklist, pipe, strictObject, string } from 'valibot';
import { requiredVariable } from './environment/required-variable.ts';
import { type ListedObject, LogListing } from './logs/log-listing.ts';
import { addSummary, emptySummary, routeTable } from './logs/log-summary.ts';
import { validateEvent } from './middleware/validate-event.ts';
import analyseHere, { type LogObject } from './workers/analyse-logs.worker.ts';

const countUpTo = (max: number) => pipe(number(), integer(), minValue(1), maxValue(max));

const LogAnalysisEvent = strictObject({
  /** What the keys begin with. `''` is the whole bucket. */
  prefix: string(),
  mode: optional(picklist(['parallel', 'sequential']), 'parallel'),
  /** Objects that are being downloaded or wait for their batch, in parallel mode. */
  concurrency: optional(countUpTo(900), 64),
  /** What the downloads in flight may weigh together. A larger object is refused. */
  maxInFlightBytes: optional(countUpTo(10 * 1024 ** 3), 64 * 1024 * 1024),
  /** Log objects that a thread is given at once weigh about this much together. */
  batchBytes: optional(countUpTo(1024 ** 3), 4 * 1024 * 1024),
  /** A batch that takes a thread longer has failed. */
  batchTimeoutMs: optional(countUpTo(900_000)),
});

const bucket = requiredVariable('BUCKET_NAME', 'the bucket with the logs');
const client = new S3Client();
const reader = createObjectReader(client);
const analyse = workerRef<typeof import('./workers/analyse-logs.worker.ts')>(
  new URL('./workers/analyse-logs.worker.ts', import.meta.url),
);

export const handler = middy()
  .use(validateEvent('log-analysis', LogAnalysisEvent))
  .use(parallel({ workers: [analyse], metrics: 'log' }))
  .handler(async ({ prefix, mode, concurrency, maxInFlightBytes, batchBytes, batchTimeoutMs }, context) => {
    const { io, cpu, signal } = context.parallel;
    const listing = new LogListing(client, { bucket, prefix, signal });
    const total = emptySummary();
    const failures: Failure[] = [];

    async function download({ key }: ListedObject, scope: TaskScope): Promise<LogObject> {
      const { body } = await reader.get({ bucket, key, signal: scope.signal });
      return { key, body };
    }

    function inParallel() {
      const weight = ({ byteCount }: ListedObject) => byteCount;
      const downloads = io.stream(listing, download, { concurrency, maxInFlightBytes, weight });
      // Batches are asked for a few ahead of the threads, and downloads as batches are: nothing piles up in between.
      return cpu.stream(inBatches(downloads, batchBytes, failures), analyse, { transfer: true, timeoutMs: batchTimeoutMs });
    }

    function oneByOne() {
      const task = async (object: ListedObject, scope: TaskScope) => analyseHere([await download(object, scope)]);
      return io.stream(listing, task, { concurrency: 1 });
    }

    try {
      for await (const outcome of mode === 'parallel' ? inParallel() : oneByOne()) {
        if (outcome.status === 'fulfilled') addSummary(total, outcome.value);
        if (outcome.status === 'rejected') failures.push({ keys: keysOf(outcome.item), reason: outcome.reason });
      }
    } catch (error) {
      // The streams were left before their end. All outcomes of what was read have come.
      if (!(error instanceof DeadlineExceededError)) throw error;
    }

    const isAtDeadline = context.parallel.remainingMs <= 0;
    // Before anything was listed: the error itself says more than a result without figures.
    if (listing.failure !== undefined && listing.listedCount === 0 && !isAtDeadline) throw listing.failure;
    const failedCount = failures.reduce((count, { keys }) => count + keys.length, 0);
    return {
      completionReason: isAtDeadline ? 'deadline' : 'all-settled',
      objects: {
        listed: listing.listedCount,
        analysed: total.objectCount,
        failed: failedCount,
        // The deadline came first.
        skipped: listing.listedCount - total.objectCount - failedCount,
      },
      isListingComplete: listing.isComplete,
      listingFailure: listing.failure && String(listing.failure),
      failures: failures.map(({ keys, reason }) => ({ keys, reason: String(reason) })),
      lineCount: total.lineCount,
      malformedCount: total.malformedCount,
      malformed: total.malformed,
      statusClasses: total.statusClasses,
      routes: routeTable(total),
    };
  });

interface Failure {
  /** One of a download, all of a batch. */
  readonly keys: readonly string[];
  readonly reason: unknown;
}

/** Groups what was downloaded by bytes: a thread is asked once for many small objects. */
async function* inBatches(
  downloads: AsyncIterable<StreamOutcome<ListedObject, LogObject>>,
  batchBytes: number,
  failures: Failure[],
): AsyncGenerator<LogObject[]> {
  let batch: LogObject[] = [];
  let byteCount = 0;
  for await (const download of downloads) {
    if (download.status === 'rejected') failures.push({ keys: [download.item.key], reason: download.reason });
    if (download.status !== 'fulfilled') continue;
    batch.push(download.value);
    byteCount += download.value.body.byteLength;
    if (byteCount < batchBytes) continue;
    yield batch;
    batch = [];
    byteCount = 0;
  }
  if (batch.length > 0) yield batch;
}

function keysOf(item: ListedObject | readonly LogObject[]): string[] {
  return [item].flat().map(({ key }) => key);
}
