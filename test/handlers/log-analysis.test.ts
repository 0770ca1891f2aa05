import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { AWKWARD_KEYS } from '../helpers/awkward-keys.ts';
import { s3ClientOf } from '../helpers/aws-clients.ts';
import { type Deployed, deploy, sampleEvent } from '../helpers/deployed.ts';

const line = (route: string, status: number, durationMs: number) => `${JSON.stringify({ route, status, durationMs })}\n`;

/** 20 objects of 50 lines, of which every tenth is an error and one in each is malformed. */
const LOGS: Record<string, string> = Object.fromEntries(
  Array.from({ length: 20 }, (_, object) => {
    const lines = Array.from({ length: 50 }, (_, index) => line(`/${index % 3}`, index % 10 === 0 ? 500 : 200, 1 + index));
    lines[object] = 'malformed\n';
    return [`logs/${String(object).padStart(2, '0')}.jsonl`, lines.join('')];
  }),
);

async function deployed(logs: Record<string, string> = LOGS): Promise<Deployed> {
  const analysis = await deploy('log-analysis', {}, { BUCKET_NAME: 'bucket' });
  const client = s3ClientOf(analysis.aws.url);
  await client.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const put = ([Key, body]: [string, string]) =>
    client.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Buffer.from(body) }));
  await Promise.all(Object.entries(logs).map(put));
  client.destroy();
  return analysis;
}

test('log-analysis takes its sample event, and adds up what the objects say', async () => {
  await using analysis = await deployed();
  const result = await analysis.invoke(await sampleEvent('log-analysis'));
  expect(result).toMatchObject({
    completionReason: 'all-settled',
    objects: { listed: 20, analysed: 20, failed: 0, skipped: 0 },
    isListingComplete: true,
    failures: [],
    lineCount: 1000,
    malformedCount: 20,
    statusClasses: { '2xx': 882, '5xx': 98 },
  });
  expect(result['malformed']).toEqual(
    Array.from({ length: 10 }, (_, object) => ({ key: `logs/0${object}.jsonl`, line: object + 1 })),
  );
  expect(result['routes']).toMatchObject([
    { route: '/0', requestCount: 333, errorCount: 39 },
    { route: '/1', requestCount: 333, errorCount: 39 },
    { route: '/2', requestCount: 314, errorCount: 20 },
  ]);
  for (const { p50Ms, p95Ms } of result['routes'] as { p50Ms: number; p95Ms: number }[]) {
    // Lines took 1, 2, … 50 ms, a third of them each route.
    expect(p50Ms).toBeGreaterThan(23);
    expect(p50Ms).toBeLessThan(29);
    expect(p95Ms).toBeGreaterThan(45);
    expect(p95Ms).toBeLessThan(51);
  }
});

test.each([1, 3000, 1_000_000])('log-analysis returns the same in both modes, with batches of %i bytes', async (batchBytes) => {
  await using analysis = await deployed();
  const sequential = await analysis.invoke({ prefix: 'logs/', mode: 'sequential' });
  expect(sequential).toMatchObject({ objects: { analysed: 20 } });
  expect(await analysis.invoke({ prefix: 'logs/', batchBytes })).toEqual(sequential);
});

test.each(['parallel', 'sequential'])('log-analysis in %s mode of a prefix with no objects finds none', async (mode) => {
  await using analysis = await deployed({ 'logs/': '' });
  for (const prefix of ['logs/', 'nowhere/']) {
    expect(await analysis.invoke({ prefix, mode })).toMatchObject({
      completionReason: 'all-settled',
      objects: { listed: 0, analysed: 0, failed: 0, skipped: 0 },
      isListingComplete: true,
      routes: [],
    });
  }
});

test('log-analysis reads keys of every kind', async () => {
  await using analysis = await deployed(Object.fromEntries(AWKWARD_KEYS.map((key) => [key, line('/', 200, 1)])));
  expect(await analysis.invoke({ prefix: '' })).toMatchObject({
    objects: { listed: AWKWARD_KEYS.length, analysed: AWKWARD_KEYS.length },
    lineCount: AWKWARD_KEYS.length,
    failures: [],
  });
});

test.each(['parallel', 'sequential'])('log-analysis in %s mode names the downloads that failed, and goes on', async (mode) => {
  await using analysis = await deployed();
  const denied = { status: 403, code: 'AccessDenied' };
  analysis.aws.configure('s3', {
    faults: ['03.jsonl', '15.jsonl'].map((matching) => ({ operation: 'GetObject', matching, answer: denied })),
  });
  expect(await analysis.invoke({ prefix: 'logs/', mode })).toMatchObject({
    completionReason: 'all-settled',
    objects: { listed: 20, analysed: 18, failed: 2, skipped: 0 },
    failures: ['03', '15'].map((name) => ({
      keys: [`logs/${name}.jsonl`],
      reason: expect.stringContaining(`Cannot get s3://bucket/logs/${name}.jsonl: AccessDenied`),
    })),
    lineCount: 900,
  });
});

test('log-analysis refuses an object that is larger than all that may be in flight, and names it', async () => {
  await using analysis = await deployed({ 'logs/a': line('/', 200, 1), 'logs/b': line('/', 200, 1).repeat(100) });
  expect(await analysis.invoke({ prefix: 'logs/', maxInFlightBytes: 1000 })).toMatchObject({
    objects: { listed: 2, analysed: 1, failed: 1 },
    failures: [{ keys: ['logs/b'], reason: expect.stringContaining('raise maxInFlightBytes') }],
  });
});

test('log-analysis names all objects of a batch that took its thread too long', async () => {
  // No thread parses 40,000 lines in a millisecond.
  const many = line('/', 200, 1).repeat(40_000);
  await using analysis = await deployed({ 'logs/a': line('/', 200, 1), 'logs/b': many });
  const result = await analysis.invoke({ prefix: 'logs/', batchTimeoutMs: 1 });
  expect(result).toMatchObject({
    completionReason: 'all-settled',
    objects: { listed: 2, analysed: 0, failed: 2, skipped: 0 },
    failures: [{ keys: ['logs/a', 'logs/b'], reason: expect.stringContaining('timeoutMs') }],
  });
});

test('log-analysis of a missing bucket fails with the bucket and what to do', async () => {
  await using analysis = await deploy('log-analysis', {}, { BUCKET_NAME: 'nowhere' });
  await expect(analysis.invoke({ prefix: 'logs/' })).rejects.toThrow(
    /list s3:\/\/nowhere\/logs\/: NoSuchBucket.*check the bucket/,
  );
});

test('log-analysis keeps what it has when the listing breaks off, and says so', async () => {
  const keys = Array.from({ length: 1001 }, (_, index) => `logs/${String(index).padStart(4, '0')}`);
  await using analysis = await deployed(Object.fromEntries(keys.map((key) => [key, line('/', 200, 1)])));
  const denied = { status: 403, code: 'AccessDenied' };
  analysis.aws.configure('s3', { faults: [{ operation: 'ListObjectsV2', matching: 'continuation-token', answer: denied }] });
  expect(await analysis.invoke({ prefix: 'logs/' })).toMatchObject({
    objects: { listed: 1000, analysed: 1000, failed: 0, skipped: 0 },
    isListingComplete: false,
    listingFailure: expect.stringMatching(/list s3:\/\/bucket\/logs\/: AccessDenied.*s3:ListBucket/),
  });
});

test.each(['parallel', 'sequential'])(
  'log-analysis in %s mode starts nothing when less than the deadline margin is left',
  async (mode) => {
    await using analysis = await deployed();
    expect(await analysis.invoke({ prefix: 'logs/', mode }, 400)).toMatchObject({
      completionReason: 'deadline',
      objects: { analysed: 0, failed: 0 },
      isListingComplete: false,
    });
  },
);

test.each([
  ['parallel', 0],
  ['sequential', 1],
])('log-analysis in %s mode answers at the deadline while a download hangs, and gives what it has', async (mode, failed) => {
  await using analysis = await deployed();
  // So that a thread runs already when time is short.
  await analysis.invoke({ prefix: 'logs/01', mode });
  analysis.aws.configure('s3', { faults: [{ operation: 'GetObject', matching: '04.jsonl', answer: 'hang' }] });
  const result = await analysis.invoke({ prefix: 'logs/', mode, batchBytes: 1 }, 1500);
  expect(result).toMatchObject({
    completionReason: 'deadline',
    objects: { listed: expect.any(Number), analysed: 4, failed },
    lineCount: 200,
  });
  const { listed = 0, skipped } = result['objects'] as Record<string, number>;
  expect(skipped).toBe(listed - 4 - failed);
});

test.each([
  [{}, /prefix: /],
  [{ prefix: 7 }, /prefix: /],
  [{ prefix: '', batchBytes: 0 }, /batchBytes: /],
  [{ prefix: '', mode: 'fast' }, /mode: /],
  [{ prefix: '', keys: [] }, /keys: /],
])('log-analysis rejects the event %j and names the field', async (event, message) => {
  await using analysis = await deployed({});
  await expect(analysis.invoke(event)).rejects.toMatchObject({
    code: 'ERR_INVALID_EVENT',
    message: expect.stringMatching(message),
  });
});

test('log-analysis does not start without BUCKET_NAME', async () => {
  await expect(deploy('log-analysis', {}, { BUCKET_NAME: '' })).rejects.toThrow('the environment variable BUCKET_NAME');
});
