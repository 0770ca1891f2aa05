/** Makes thumbnails: S3 get, resize in a thread, S3 put, with many images under way and bounded memory. */
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import { parallel, type TaskScope, workerRef } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import { array, integer, maxValue, minValue, nonEmpty, number, optional, picklist, pipe, strictObject, string } from 'valibot';
import { requiredVariable } from './environment/required-variable.ts';
import { validateEvent } from './middleware/validate-event.ts';
import { attempt } from './s3/attempt.ts';
import resizeHere from './workers/resize.worker.ts';

const countUpTo = (max: number) => pipe(number(), integer(), minValue(1), maxValue(max));

const ImageResizeEvent = strictObject({
  keys: array(pipe(string(), nonEmpty())),
  mode: optional(picklist(['parallel', 'sequential']), 'parallel'),
  /** Images under way at once, in parallel mode: enough for the threads never to wait for S3. */
  concurrency: optional(countUpTo(900), 16),
  /** What the images under way may weigh together, in parallel mode. A larger image is refused. */
  maxInFlightBytes: optional(countUpTo(10 * 1024 ** 3), 64 * 1024 * 1024),
});

const uploads = requiredVariable('UPLOAD_BUCKET_NAME', 'the bucket with the images');
const thumbnails = requiredVariable('THUMBNAIL_BUCKET_NAME', 'the bucket for the thumbnails');
const client = new S3Client();
const reader = createObjectReader(client);
const resize = workerRef<typeof import('./workers/resize.worker.ts')>(new URL('./workers/resize.worker.ts', import.meta.url));

export const handler = middy()
  .use(validateEvent('image-resize', ImageResizeEvent))
  .use(parallel({ workers: [resize] }))
  .handler(async ({ keys, mode, concurrency, maxInFlightBytes }, context) => {
    const { io, cpu } = context.parallel;

    async function inParallel() {
      // S3 alone knows how large an image is, and the budget has to know before the download starts.
      const sizes = io.stream(keys, sizeOf, { concurrency });
      return await io.mapSettled(
        sizes,
        async (size, { signal }) => {
          if (size.status !== 'fulfilled') throw size.reason;
          const { body } = await reader.get({ bucket: uploads, key: size.item, signal });
          return await put(size.item, await cpu.run(resize, body, { signal, transfer: true }), signal);
        },
        { concurrency, maxInFlightBytes, weight: (size) => (size.status === 'fulfilled' ? size.value : 0) },
      );
    }

    async function oneByOne() {
      const task = async (key: string, { signal }: TaskScope) => {
        const { body } = await reader.get({ bucket: uploads, key, signal });
        return await put(key, await resizeHere(body), signal);
      };
      return await io.mapSettled(keys, task, { concurrency: 1 });
    }

    const { outcomes, completionReason } = mode === 'parallel' ? await inParallel() : await oneByOne();
    const images = keys.map((key, index) => {
      const outcome = outcomes[index];
      // None for a key whose size the deadline left unread.
      if (outcome === undefined) return { key, status: 'skipped', reason: completionReason };
      if (outcome.status === 'fulfilled') return { key, status: outcome.status, ...outcome.value };
      return { key, status: outcome.status, reason: String(outcome.reason) };
    });
    const count = (status: string) => images.filter((image) => image.status === status).length;
    return {
      completionReason,
      resized: count('fulfilled'),
      failed: count('rejected'),
      skipped: count('skipped'),
      images,
    };
  });

async function sizeOf(key: string, { signal }: TaskScope): Promise<number> {
  const what = `read the size of s3://${uploads}/${key}`;
  const nextStep = "check the key, and s3:GetObject and s3:ListBucket of the function's role";
  const { ContentLength: byteCount = 0 } = await attempt({ what, nextStep, signal }, () =>
    client.send(new HeadObjectCommand({ Bucket: uploads, Key: key }), { abortSignal: signal }),
  );
  return byteCount;
}

async function put(key: string, thumbnail: Uint8Array, signal: AbortSignal) {
  const thumbnailKey = `128x128/${key}`;
  const what = `put s3://${thumbnails}/${thumbnailKey}`;
  const nextStep = "check the bucket, and s3:PutObject of the function's role";
  const command = new PutObjectCommand({ Bucket: thumbnails, Key: thumbnailKey, Body: thumbnail, ContentType: 'image/jpeg' });
  await attempt({ what, nextStep, signal }, () => client.send(command, { abortSignal: signal }));
  return { thumbnailKey, byteCount: thumbnail.byteLength };
}
