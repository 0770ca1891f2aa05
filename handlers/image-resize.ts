/**
 * Makes thumbnails: S3 get, resize in a thread, S3 put, with many images under way and bounded memory.
 *
 * Of the keys in its event, it says how each one went. Of new objects that S3 notifies it about, it has nobody to say so: when one of them
 * ends without its thumbnail, it throws. Lambda then tries the notification twice more and hands it to the failure queue of
 * template.yaml, so that no upload is forgotten, whether S3 was busy or the file is no image. Doing it again is harmless: the same
 * image makes the same thumbnail.
 */
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import { parallel, type TaskScope, workerRef } from 'lambda-parallel';
import { createObjectReader } from 'lambda-parallel/s3';
import {
  array,
  type InferOutput,
  integer,
  lazy,
  maxValue,
  minValue,
  nonEmpty,
  number,
  optional,
  picklist,
  pipe,
  strictObject,
  string,
  transform,
} from 'valibot';
import { requiredVariable } from './environment/required-variable.ts';
import { validateEvent } from './middleware/validate-event.ts';
import { attempt } from './s3/attempt.ts';
import { isFromS3, uploadNotification } from './s3/upload-notification.ts';
import resizeHere from './workers/resize.worker.ts';

const countUpTo = (max: number) => pipe(number(), integer(), minValue(1), maxValue(max));

const uploads = requiredVariable('UPLOAD_BUCKET_NAME', 'the bucket with the images');
const thumbnails = requiredVariable('THUMBNAIL_BUCKET_NAME', 'the bucket for the thumbnails');

const KeysEvent = strictObject({
  keys: array(pipe(string(), nonEmpty())),
  mode: optional(picklist(['parallel', 'sequential']), 'parallel'),
  /** Images under way at once, in parallel mode: enough for the threads never to wait for S3. */
  concurrency: optional(countUpTo(900), 16),
  /** What the images under way may weigh together, in parallel mode. A larger image is refused. */
  maxInFlightBytes: optional(countUpTo(10 * 1024 ** 3), 64 * 1024 * 1024),
});

/** `{ keys, … }`, or what S3 sends for new objects. */
const ImageResizeEvent = lazy((event) => {
  if (!isFromS3(event)) return pipe(KeysEvent, origin({ isNotification: false }));
  return pipe(uploadNotification(uploads), KeysEvent, origin({ isNotification: true }));
});

function origin(of: { readonly isNotification: boolean }) {
  return transform((event: InferOutput<typeof KeysEvent>) => ({ ...event, ...of }));
}

const client = new S3Client();
const reader = createObjectReader(client);
const resize = workerRef<typeof import('./workers/resize.worker.ts')>(new URL('./workers/resize.worker.ts', import.meta.url));

export const handler = middy()
  .use(validateEvent('image-resize', ImageResizeEvent))
  .use(parallel({ workers: [resize], metrics: 'log' }))
  .handler(async ({ keys, mode, concurrency, maxInFlightBytes, isNotification }, context) => {
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
    const images = keys.map((key, index): Image => {
      const outcome = outcomes[index];
      // None for a key whose size the deadline left unread.
      if (outcome === undefined) return { key, status: 'skipped', reason: completionReason };
      if (outcome.status === 'fulfilled') return { key, status: outcome.status, ...outcome.value };
      return { key, status: outcome.status, reason: String(outcome.reason) };
    });
    const missing = images.filter(({ status }) => status !== 'fulfilled');
    if (isNotification && missing.length > 0) throw new ThumbnailsMissingError(missing, keys.length);
    const count = (status: string) => images.filter((image) => image.status === status).length;
    return {
      completionReason,
      resized: count('fulfilled'),
      failed: count('rejected'),
      skipped: count('skipped'),
      images,
    };
  });

interface Image {
  readonly key: string;
  readonly status: 'fulfilled' | 'rejected' | 'skipped';
  readonly thumbnailKey?: string;
  readonly byteCount?: number;
  readonly reason?: string;
}

/** A notification is not done with. */
class ThumbnailsMissingError extends Error {
  readonly code = 'ERR_THUMBNAILS_MISSING';

  static {
    ThumbnailsMissingError.prototype.name = 'ThumbnailsMissingError';
  }

  constructor(missing: readonly Image[], imageCount: number) {
    // One record is what S3 sends, as a rule.
    const reasons = missing.slice(0, 5).map(({ key, reason }) => `${key}: ${reason}`);
    super(
      `Cannot answer the notification: ${missing.length} of ${imageCount} thumbnails are missing (${reasons.join('; ')}); Lambda tries it again, then look in the failure queue`,
    );
  }
}

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
