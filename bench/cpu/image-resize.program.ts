/**
 * Makes thumbnails of the keys of an event in one of two ways, when it is told to, and tells how long it took and how far RSS grew.
 * A program of its own, so that both are its own: S3 is elsewhere.
 */
import { once } from 'node:events';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import resize from '../../handlers/workers/resize.worker.ts';
import { lambdaContext } from '../../local/demo/lambda-context.ts';
import type { ImageJobEvent, ImageJobMessage } from './image-resize.ts';

const TIMEOUT_MS = 15 * 60_000;
const SAMPLE_EVERY_MS = 5;

/** What the handler returns, as far as it is asserted. */
interface Resized {
  readonly resized: number;
}

/** Each loads what it needs, as in the init phase, and returns the job: how many thumbnails it has put. */
const WAYS: Readonly<Record<string, (event: ImageJobEvent) => Promise<() => Promise<number>>>> = {
  async handler(event) {
    const { handler } = await import('../../handlers/image-resize.ts');
    const invoke = handler as unknown as (event: ImageJobEvent, context: Context) => Promise<Resized>;
    return async () => (await invoke(event, lambdaContext('image-resize', TIMEOUT_MS))).resized;
  },
  /** As it is written by who has no engine: everything at once, and sharp on the main thread with threads of its own. */
  async 'promise-all'({ keys }) {
    const client = new S3Client();
    const thumbnail = async (key: string): Promise<void> => {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: process.env['UPLOAD_BUCKET_NAME'], Key: key }));
      const image = await body?.transformToByteArray();
      await client.send(
        new PutObjectCommand({
          Bucket: process.env['THUMBNAIL_BUCKET_NAME'],
          Key: `128x128/${key}`,
          Body: await resize(image ?? new Uint8Array()),
        }),
      );
    };
    return async () => (await Promise.all(keys.map(thumbnail))).length;
  },
};

/** How many of the keys are made thumbnails of beforehand, so that what first use takes is not measured. */
const [way = '', event = '{}', warmUpCount = '0'] = process.argv.slice(2);
const load = WAYS[way];
if (load === undefined) throw new RangeError(`Cannot measure "${way}": it must be one of ${Object.keys(WAYS).join(', ')}`);
const parsed: ImageJobEvent = JSON.parse(event);
if (Number(warmUpCount) > 0) await (await load({ ...parsed, keys: parsed.keys.slice(0, Number(warmUpCount)) }))();
const job = await load(parsed);
const told = once(process, 'message');
tell({ is: 'ready' });
await told;

const startedAtMs = performance.now();
const cpuBefore = process.cpuUsage();
const rssBefore = process.memoryUsage.rss();
let rssPeak = rssBefore;
const sampler = setInterval(() => {
  rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
}, SAMPLE_EVERY_MS);
const thumbnailCount = await job();
clearInterval(sampler);
const seconds = (performance.now() - startedAtMs) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
tell({ is: 'done', thumbnailCount, seconds, cpuSeconds: (user + system) / 1e6, rssGrowthMb: (rssPeak - rssBefore) / 1e6 });
process.disconnect();

function tell(message: ImageJobMessage): void {
  process.send?.(message);
}
