/** Downloads one object many times, in parallel or one after the other: what waiting costs, in figures. */
import { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import { parallel } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import { integer, maxValue, minValue, nonEmpty, number, optional, picklist, pipe, strictObject, string } from 'valibot';
import { requiredVariable } from './environment/required-variable.ts';
import { validateEvent } from './middleware/validate-event.ts';

const countUpTo = (max: number) => pipe(number(), integer(), minValue(1), maxValue(max));

const DownloadEvent = strictObject({
  objectKey: pipe(string(), nonEmpty()),
  /** How many times the object is downloaded. */
  repeat: countUpTo(100_000),
  mode: optional(picklist(['parallel', 'sequential']), 'parallel'),
  /** Downloads in flight at once, in parallel mode. */
  concurrency: optional(countUpTo(900), 64),
});

const bucket = requiredVariable('BUCKET_NAME', 'the bucket to download from');
const reader = createObjectReader(new S3Client());

export const handler = middy()
  .use(validateEvent('parallel-download', DownloadEvent))
  .use(parallel({ metrics: 'log' }))
  .handler(async ({ objectKey, repeat, mode, concurrency }, context) => {
    const result = await reader.getMany(context.parallel.io, {
      bucket,
      keys: Array.from({ length: repeat }, () => objectKey),
      concurrency: mode === 'sequential' ? 1 : concurrency,
      // Only the length is kept: the body can go as soon as it is counted.
      use: ({ body }) => body.byteLength,
    });
    const [failure] = result.outcomes.filter((outcome) => outcome.status === 'rejected');
    // With nothing to show, the error itself says more than a result full of it.
    if (failure && result.fulfilledCount === 0) throw failure.reason;
    return {
      mode,
      completionReason: result.completionReason,
      downloaded: result.fulfilledCount,
      failed: result.rejectedCount,
      skipped: result.skippedCount,
      firstFailure: failure && String(failure.reason),
      ...result.totals,
    };
  });
