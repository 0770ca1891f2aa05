import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { objectCreatedNotification } from '../../local/s3/object-created.ts';
import { s3ClientOf } from '../helpers/aws-clients.ts';
import { type Deployed, deploy, sampleEvent } from '../helpers/deployed.ts';
import { claiming, jpegOf } from '../helpers/images.ts';

const VARIABLES = { UPLOAD_BUCKET_NAME: 'uploads', THUMBNAIL_BUCKET_NAME: 'thumbnails' };
/** As template.yaml names it, in the account of the embedded AWS. */
const BUCKET_OF_SAMPLE = 'lambda-parallel-uploads-123456789012-us-east-1';
const GOOD = ['images/001.jpg', 'images/002.jpg', 'images/003.jpg', 'a b+ü.png'];

let resize: Deployed;
let s3: S3Client;

beforeAll(async () => {
  resize = await deploy('image-resize', {}, VARIABLES);
  s3 = s3ClientOf(resize.aws.url);
  for (const Bucket of Object.values(VARIABLES)) await s3.send(new CreateBucketCommand({ Bucket }));
  const jpeg = await jpegOf(640, 480);
  const bodies = {
    'images/001.jpg': jpeg,
    'images/002.jpg': await jpegOf(800, 300),
    'images/003.jpg': await jpegOf(300, 800),
    'a b+ü.png': await sharp(jpeg).png().toBuffer(),
    'text.jpg': Buffer.from('not an image'),
    'empty.jpg': Buffer.alloc(0),
    'cut.jpg': jpeg.subarray(0, jpeg.length / 2),
    'huge.jpg': claiming(jpeg, 20_000, 20_000),
  };
  for (const [Key, Body] of Object.entries(bodies)) await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body }));
});

afterEach(() => resize.aws.configure('s3', {}));

afterAll(async () => {
  s3.destroy();
  await resize[Symbol.asyncDispose]();
});

interface Image {
  readonly key: string;
  readonly status: string;
  readonly thumbnailKey?: string;
  readonly reason?: string;
}

const imagesOf = (result: Record<string, unknown>) => result['images'] as Image[];

async function thumbnail(Key: string): Promise<Uint8Array> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'thumbnails', Key }));
  return (await body?.transformToByteArray()) ?? new Uint8Array();
}

test('image-resize takes its sample event', async () => {
  const event = await sampleEvent('image-resize');
  expect(await resize.invoke(event)).toMatchObject({ completionReason: 'all-settled', resized: 3, failed: 0, skipped: 0 });
});

test('image-resize puts the same thumbnails in both modes', async () => {
  const inParallel = await resize.invoke({ keys: GOOD });
  const keys = GOOD.map((key) => `128x128/${key}`);
  expect(imagesOf(inParallel).map(({ thumbnailKey }) => thumbnailKey)).toEqual(keys);
  const thumbnails = await Promise.all(keys.map(thumbnail));
  for (const image of thumbnails) {
    expect(await sharp(image).metadata()).toMatchObject({ format: 'jpeg', width: 128, height: 128 });
  }
  expect(await resize.invoke({ keys: GOOD, mode: 'sequential' })).toEqual(inParallel);
  expect(await Promise.all(keys.map(thumbnail))).toEqual(thumbnails);
});

test.each(['parallel', 'sequential'])(
  'image-resize in %s mode gives every key its outcome, in order, whatever is wrong with it',
  async (mode) => {
    const keys = ['missing.jpg', 'images/001.jpg', 'text.jpg', 'cut.jpg', 'empty.jpg', 'huge.jpg', 'images/001.jpg', 'gone.jpg'];
    const result = await resize.invoke({ keys, mode });
    expect(result).toMatchObject({ completionReason: 'all-settled', resized: 2, failed: 6, skipped: 0 });
    expect(imagesOf(result).map(({ key }) => key)).toEqual(keys);
    const reasonOf = (key: string) => imagesOf(result).find((image) => image.key === key)?.reason;
    expect(reasonOf('missing.jpg')).toMatch(/s3:\/\/uploads\/missing\.jpg: .*check the key/);
    expect(reasonOf('text.jpg')).toMatch(/^ImageError: Cannot resize an image of 12 bytes: .*check that it is an image/);
    expect(reasonOf('cut.jpg')).toMatch(/^ImageError: Cannot resize an image of \d+ bytes: .*uploaded to its end/);
    expect(reasonOf('empty.jpg')).toMatch(/^ImageError: Cannot resize an image of 0 bytes: /);
    expect(reasonOf('huge.jpg')).toMatch(/^ImageError: .*20000 × 20000/);
  },
);

test.each(['parallel', 'sequential'])('image-resize in %s mode has nothing to do without keys', async (mode) => {
  expect(await resize.invoke({ keys: [], mode })).toEqual({
    completionReason: 'all-settled',
    resized: 0,
    failed: 0,
    skipped: 0,
    images: [],
  });
});

test('image-resize refuses an image that is larger than all that may be in flight, and only that', async () => {
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'uploads', Prefix: 'images/' }));
  const sizes = objects.map(({ Size: size = 0 }) => size);
  const largest = GOOD[sizes.indexOf(Math.max(...sizes))];
  const result = await resize.invoke({ keys: GOOD.slice(0, 3), maxInFlightBytes: Math.max(...sizes) - 1 });
  expect(result).toMatchObject({ resized: 2, failed: 1 });
  expect(imagesOf(result).find(({ status }) => status === 'rejected')).toMatchObject({
    key: largest,
    reason: expect.stringContaining('raise maxInFlightBytes'),
  });
});

test('image-resize starts no image for which there is no room beside those under way', async () => {
  resize.aws.configure('s3', { faults: [{ operation: 'GetObject', matching: '001.jpg', answer: 'hang' }] });
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'uploads', Prefix: 'images/' }));
  const [first = 0, ...others] = objects.map(({ Size: size = 0 }) => size);
  const maxInFlightBytes = first + Math.min(...others) - 1;
  const result = await resize.invoke({ keys: GOOD.slice(0, 3), maxInFlightBytes }, 1500);
  expect(imagesOf(result).map(({ status }) => status)).toEqual(['rejected', 'skipped', 'skipped']);
});

test('image-resize names what it may not do', async () => {
  const denied = (operation: string) => ({ operation, times: 1, answer: { status: 403, code: 'AccessDenied' } });
  for (const [operation, message] of [
    ['HeadObject', /read the size of s3:\/\/uploads\/images\/001.jpg: .*s3:GetObject/],
    ['GetObject', /get s3:\/\/uploads\/images\/001.jpg: .*s3:GetObject/],
    ['PutObject', /put s3:\/\/thumbnails\/128x128\/images\/001.jpg: .*s3:PutObject/],
  ] as const) {
    resize.aws.configure('s3', { faults: [denied(operation)] });
    const [image] = imagesOf(await resize.invoke({ keys: ['images/001.jpg'] }));
    expect(image).toMatchObject({ status: 'rejected', reason: expect.stringMatching(message) });
  }
});

test.each(['parallel', 'sequential'])(
  'image-resize in %s mode starts nothing when less than the deadline margin is left',
  async (mode) => {
    const result = await resize.invoke({ keys: GOOD, mode }, 400);
    expect(result).toMatchObject({ completionReason: 'deadline', resized: 0, failed: 0, skipped: 4 });
    expect(imagesOf(result)).toEqual(GOOD.map((key) => ({ key, status: 'skipped', reason: 'deadline' })));
  },
);

test.each([
  ['HeadObject', 'parallel', ['fulfilled', 'skipped', 'skipped']],
  ['GetObject', 'parallel', ['fulfilled', 'rejected', 'fulfilled']],
  ['PutObject', 'parallel', ['fulfilled', 'rejected', 'fulfilled']],
  ['GetObject', 'sequential', ['fulfilled', 'rejected', 'skipped']],
])('image-resize answers at the deadline while a %s hangs in %s mode', async (operation, mode, statuses) => {
  resize.aws.configure('s3', { faults: [{ operation, matching: '002.jpg', answer: 'hang' }] });
  const result = await resize.invoke({ keys: GOOD.slice(0, 3), mode }, 2000);
  expect(result['completionReason']).toBe('deadline');
  expect(imagesOf(result).map(({ status }) => status)).toEqual(statuses);
  // Told, not abandoned: the signal went to whatever hung.
  const rejected = imagesOf(result).filter(({ status }) => status === 'rejected');
  for (const { reason } of rejected) expect(reason).toMatch(/^DeadlineExceededError: /);
});

/** As the embedded S3 sends it, and so S3. */
function notification(...keys: string[]) {
  const created = { creation: 'Put', bucketName: 'uploads', region: 'us-east-1', byteCount: 1, etag: 'e', createdMs: 0 } as const;
  const recordsOf = (key: string) => objectCreatedNotification({ ...created, key, requestId: 'r' }, 'Upload').Records;
  return { Records: keys.flatMap(recordsOf) };
}

test('image-resize makes the thumbnails of new objects, whatever is in their keys', async () => {
  const result = await resize.invoke(notification('images/001.jpg', 'a b+ü.png'));
  expect(result).toMatchObject({ completionReason: 'all-settled', resized: 2, failed: 0, skipped: 0 });
  expect(imagesOf(result).map(({ key }) => key)).toEqual(['images/001.jpg', 'a b+ü.png']);
  expect(await sharp(await thumbnail('128x128/a b+ü.png')).metadata()).toMatchObject({ width: 128 });
});

test('image-resize throws for a notification, so that Lambda tries it again, when it has tried all and one has no thumbnail', async () => {
  const missing = resize.invoke(notification('text.jpg', 'images/003.jpg', 'gone.jpg'));
  await expect(missing).rejects.toMatchObject({
    name: 'ThumbnailsMissingError',
    code: 'ERR_THUMBNAILS_MISSING',
    message: expect.stringMatching(/2 of 3 thumbnails are missing \(text.jpg: ImageError: .*; gone.jpg: .*\); .*failure queue$/),
  });
  expect(await sharp(await thumbnail('128x128/images/003.jpg')).metadata()).toMatchObject({ width: 128 });
});

test('image-resize throws for a notification when the deadline came first', async () => {
  const late = resize.invoke(notification('images/001.jpg'), 400);
  await expect(late).rejects.toThrow('1 of 1 thumbnails are missing (images/001.jpg: deadline)');
});

test.each([
  ['the marker of a new folder', notification('images/', 'images/a/')],
  ['a notification without records', { Records: [] }],
  ['the event that S3 sends as a test', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'uploads', RequestId: 'r' }],
])('image-resize has nothing to do for %s', async (_, event) => {
  expect(await resize.invoke(event)).toMatchObject({ resized: 0, failed: 0, skipped: 0, images: [] });
});

const [record] = notification('images/001.jpg').Records;

test.each([
  [{ Records: [{ ...record, s3: { bucket: { name: 'secrets' }, object: { key: 'a' } } }] }, /s3\.bucket\.name: Expected uploads/],
  [{ Records: [{ ...record, eventName: 'ObjectRemoved:Delete' }] }, /Records\.0\.eventName: /],
  [{ Records: [{ ...record, eventSource: 'aws:sqs' }] }, /Records\.0\.eventSource: /],
  [{ Records: [{ ...record, s3: { bucket: { name: 'uploads' }, object: { key: '%' } } }] }, /object\.key: Expected a URL-enc/],
  [{ Records: [record, null] }, /Records\.1: /],
  [{ Records: 'images/001.jpg' }, /Records: /],
  [{ Service: 'Amazon S3', Event: 's3:Other' }, /Event: /],
  [null, /event: /],
  [{}, /keys: /],
  [{ keys: 'images/001.jpg' }, /keys: /],
  [{ keys: [''] }, /keys\.0: /],
  [{ keys: [], concurrency: 0 }, /concurrency: /],
  [{ keys: [], maxInFlightBytes: 0 }, /maxInFlightBytes: /],
  [{ keys: [], key: 'a' }, /key: /],
])('image-resize rejects the event %j and names the field', async (event, message) => {
  await expect(resize.invoke(event)).rejects.toMatchObject({
    code: 'ERR_INVALID_EVENT',
    message: expect.stringMatching(message),
  });
});

test.each(Object.keys(VARIABLES))('image-resize does not start without %s', async (name) => {
  await expect(deploy('image-resize', {}, { ...VARIABLES, [name]: '' })).rejects.toThrow(`the environment variable ${name}`);
});

// The last one: its environment takes the place of the others'.
test('image-resize takes its sample notification of S3', async () => {
  const event = await sampleEvent('image-resize.notification');
  expect(event).toMatchObject({ Records: [{ s3: { bucket: { name: BUCKET_OF_SAMPLE }, object: { key: 'images/001.jpg' } } }] });
  await using inStack = await deploy('image-resize', {}, { ...VARIABLES, UPLOAD_BUCKET_NAME: BUCKET_OF_SAMPLE });
  const client = s3ClientOf(inStack.aws.url);
  for (const Bucket of [BUCKET_OF_SAMPLE, 'thumbnails']) await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutObjectCommand({ Bucket: BUCKET_OF_SAMPLE, Key: 'images/001.jpg', Body: await jpegOf(64, 64) }));
  client.destroy();
  expect(await inStack.invoke(event)).toMatchObject({ resized: 1, failed: 0, skipped: 0 });
});
