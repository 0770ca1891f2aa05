import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createParallel, DeadlineExceededError, ServiceCallError } from 'lambda-parallel';
import { createObjectReader, type ListedObject, ListingInterruptedError } from 'lambda-parallel/s3';
import { afterEach, expect, test, vi } from 'vitest';
import { AWKWARD_KEYS } from '../helpers/awkward-keys.ts';
import { busyCount, poolOf, putKeys, s3ClientOf } from '../helpers/aws-clients.ts';
import { countdown } from '../helpers/countdown.ts';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { gate } from '../helpers/gate.ts';
import { closedUrl, startHttpServer } from '../helpers/http-server.ts';
import { turn } from '../helpers/turn.ts';

afterEach(() => {
  vi.useRealTimers();
});

interface Listed {
  readonly keys: readonly string[];
  readonly sizeOf?: (key: string) => number;
  /** Absent on the last page. */
  readonly next?: string;
}

function listing({ keys, sizeOf = () => 1, next }: Listed): string {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>${sizeOf(key)}</Size></Contents>`).join('');
  const token = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${token}${contents}</ListBucketResult>`;
}

/** The token of a page asked for, '' for the first one; `undefined` for what is no listing. */
function pageOf(url: string | undefined): string | undefined {
  const query = new URL(url ?? '', 'http://localhost').searchParams;
  return query.has('list-type') ? (query.get('continuation-token') ?? '') : undefined;
}

test('getPrefix() reads 2,500 objects over three pages, in key order, and nothing beside the prefix', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel({ concurrency: 32 });
  const keys = Array.from({ length: 2500 }, (_, index) => `logs/${String(index).padStart(4, '0')}`);
  await putKeys(embedded.s3, [...keys, 'log', 'logs', 'logs0', 'other/logs/1']);
  const pages: unknown[] = [];
  embedded.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'ListObjectsV2Command') pages.push(args.input);
        return await next(args);
      },
    { step: 'initialize' },
  );

  const result = await createObjectReader(embedded.s3).getPrefix(runtime.io, {
    bucket: 'bucket',
    prefix: 'logs/',
    use: ({ body, key }) => Buffer.from(body).toString() === `body of ${key}`,
  });

  expect(result.outcomes.map(({ key }) => key)).toEqual(keys);
  expect(
    result.outcomes.every((outcome, index) => outcome.index === index && outcome.status === 'fulfilled' && outcome.value),
  ).toBe(true);
  expect(result).toMatchObject({ fulfilledCount: 2500, completionReason: 'all-settled', isInputExhausted: true });
  expect(result.totals).toMatchObject({ objectCount: 2500, byteCount: 2500 * 'body of logs/0000'.length });
  expect(pages).toHaveLength(3);
});

test('getPrefix() lists every key as it is', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, AWKWARD_KEYS);
  const reader = createObjectReader(embedded.s3);
  const { outcomes } = await reader.getPrefix(runtime.io, {
    bucket: 'bucket',
    prefix: '',
    use: ({ body }) => Buffer.from(body).toString(),
  });
  expect(new Set(outcomes.map(({ key }) => key))).toEqual(new Set(AWKWARD_KEYS));
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'fulfilled', value: `body of ${outcome.key}` });

  // As a prefix, too.
  for (const prefix of ['a+', 'a%2', '../', 'a&amp;', '😀']) {
    const listed = await reader.getPrefix(runtime.io, { bucket: 'bucket', prefix });
    expect(listed.outcomes.map(({ key }) => key)).toEqual(AWKWARD_KEYS.filter((key) => key.startsWith(prefix)).sort());
  }
});

test('getPrefix() of nothing is an empty result', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  const result = await createObjectReader(embedded.s3).getPrefix(runtime.io, { bucket: 'bucket', prefix: 'none/' });
  expect(result).toMatchObject({
    outcomes: [],
    completionReason: 'all-settled',
    isInputExhausted: true,
    totals: { objectCount: 0 },
  });
});

test('getPrefix() leaves out folder markers, or what the filter says', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  const put = (Key: string, Body: string) =>
    embedded.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Buffer.from(Body) }));
  await put('p/', '');
  await put('p/empty', '');
  await put('p/folder/', '');
  await put('p/odd/', 'not a marker');
  await put('p/text', 'text');
  const reader = createObjectReader(embedded.s3);
  const keysOf = ({ outcomes }: { outcomes: readonly { key: string }[] }) => outcomes.map(({ key }) => key);

  expect(keysOf(await reader.getPrefix(runtime.io, { bucket: 'bucket', prefix: 'p/' }))).toEqual(['p/empty', 'p/odd/', 'p/text']);

  const seen: ListedObject[] = [];
  const filter = (object: ListedObject) => seen.push(object) > 3;
  expect(keysOf(await reader.getPrefix(runtime.io, { bucket: 'bucket', prefix: 'p/', filter }))).toEqual(['p/odd/', 'p/text']);
  expect(seen[3]).toEqual({ key: 'p/odd/', size: 12, lastModified: expect.any(Date) });
});

test('getPrefix() throws what its filter throws', async () => {
  await using embedded = await startEmbeddedS3();
  await using runtime = createParallel();
  await putKeys(embedded.s3, ['a', 'b']);
  const reason = new Error('cannot tell');
  const filter = () => {
    throw reason;
  };
  await expect(createObjectReader(embedded.s3).getPrefix(runtime.io, { bucket: 'bucket', prefix: '', filter })).rejects.toBe(
    reason,
  );
});

test('getPrefix() never has more than maxInFlightBytes in flight, by the sizes of the listing', async () => {
  const sizes = [400, 300, 300, 1000, 50, 950, 999, 2, 0, 1001, 600, 500];
  const sizeOf = (key: string) => sizes[Number(key)] ?? 0;
  const keys = sizes.map((_, index) => String(index).padStart(2, '0'));
  await using server = await startHttpServer((request, response) => {
    response.end(pageOf(request.url) === undefined ? 'body' : listing({ keys, sizeOf }));
  });
  await using runtime = createParallel();
  const client = s3ClientOf(server.url);
  let [bytes, peakBytes] = [0, 0];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'GetObjectCommand') bytes += sizeOf((args.input as { Key: string }).Key);
        peakBytes = Math.max(peakBytes, bytes);
        return await next(args);
      },
    { step: 'initialize' },
  );
  const result = await createObjectReader(client).getPrefix(runtime.io, {
    bucket: 'bucket',
    prefix: '',
    maxInFlightBytes: 1000,
    concurrency: 10,
    use: ({ key }) => {
      bytes -= sizeOf(key);
    },
  });
  expect(peakBytes).toBe(1000);
  expect(result).toMatchObject({ fulfilledCount: 11, rejectedCount: 1 });
  expect(result.outcomes[9]).toMatchObject({
    key: '09',
    status: 'rejected',
    reason: { message: expect.stringContaining('1001') },
  });
});

test('getPrefix() asks for the next page before the first one is used up', async () => {
  const secondPage = gate();
  await using server = await startHttpServer((request, response) => {
    const page = pageOf(request.url);
    if (page === '') response.end(listing({ keys: ['a', 'b', 'c'], next: 'two' }));
    else if (page === 'two') {
      secondPage.open();
      response.end(listing({ keys: ['d'] }));
    } else void secondPage.passed.then(() => response.end('body'));
  });
  await using runtime = createParallel();
  const result = await createObjectReader(s3ClientOf(server.url)).getPrefix(runtime.io, {
    bucket: 'bucket',
    prefix: '',
    concurrency: 1,
  });
  expect(result.outcomes.map(({ key, status }) => [key, status])).toEqual(['a', 'b', 'c', 'd'].map((key) => [key, 'fulfilled']));
});

test('getPrefix() has a socket for its listing beside those of the downloads', async () => {
  const keys = Array.from({ length: 64 }, (_, index) => `key-${index}`);
  const [allInFlight, thirdPage] = [gate(), gate()];
  let downloadCount = 0;
  await using server = await startHttpServer((request, response) => {
    const page = pageOf(request.url);
    if (page === '') response.end(listing({ keys, next: 'two' }));
    else if (page === 'two') void allInFlight.passed.then(() => response.end(listing({ keys: ['last'], next: 'three' })));
    else if (page === 'three') {
      thirdPage.open();
      response.end(listing({ keys: [] }));
    } else {
      downloadCount += 1;
      if (downloadCount === keys.length) allInFlight.open();
      void thirdPage.passed.then(() => response.end('body'));
    }
  });
  await using runtime = createParallel({ concurrency: 65 });
  const result = await createObjectReader(s3ClientOf(server.url)).getPrefix(runtime.io, { bucket: 'bucket', prefix: '' });
  expect(result.fulfilledCount).toBe(65);
});

test('getPrefix() whose first page fails throws why', async () => {
  await using embedded = await startEmbeddedS3({}, { maxAttempts: 1 });
  await using runtime = createParallel();
  const reader = createObjectReader(embedded.s3);
  await expect(reader.getPrefix(runtime.io, { bucket: 'nowhere', prefix: 'a/' })).rejects.toMatchObject({
    name: 'ServiceCallError',
    serviceCode: 'NoSuchBucket',
    statusCode: 404,
    message: expect.stringMatching(/^Cannot list s3:\/\/nowhere\/a\/: NoSuchBucket .*; create the bucket, or name another one$/),
    cause: { name: 'NoSuchBucket' },
  });
  embedded.aws.configure('s3', { faults: [{ operation: 'ListObjectsV2', answer: { status: 403, code: 'AccessDenied' } }] });
  await expect(reader.getPrefix(runtime.io, { bucket: 'bucket', prefix: 'a/' })).rejects.toMatchObject({
    serviceCode: 'AccessDenied',
    message: expect.stringContaining('allow s3:ListBucket on arn:aws:s3:::bucket'),
  });
  const closed = createObjectReader(s3ClientOf(await closedUrl(), { maxAttempts: 1 }));
  const refused = closed.getPrefix(runtime.io, { bucket: 'bucket', prefix: '' });
  await expect(refused).rejects.toBeInstanceOf(ServiceCallError);
  await expect(refused).rejects.toMatchObject({
    serviceCode: 'ECONNREFUSED',
    message: expect.stringContaining('AWS_ENDPOINT_URL'),
  });
});

/** Two pages, of which the second one fails. */
async function startBroken(first: Omit<Listed, 'next'>) {
  return await startHttpServer((request, response) => {
    const page = pageOf(request.url);
    if (page === '') response.end(listing({ ...first, next: 'two' }));
    else if (page === 'two')
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Not any more.</Message></Error>');
    else response.end('body');
  });
}

test('getPrefix() whose later page fails throws, with the outcomes of what was listed before', async () => {
  await using server = await startBroken({ keys: ['a', 'b'] });
  await using runtime = createParallel();
  const error = await createObjectReader(s3ClientOf(server.url))
    .getPrefix(runtime.io, { bucket: 'bucket', prefix: 'p/', use: ({ body }) => body.length })
    .then(
      () => expect.fail('it was listed'),
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(ListingInterruptedError);
  expect(error).toMatchObject({
    name: 'ListingInterruptedError',
    code: 'ERR_PARALLEL_S3_LISTING',
    message: expect.stringContaining('Cannot list s3://bucket/p/ to its end: stopped after 2 objects'),
    cause: { name: 'ServiceCallError', serviceCode: 'AccessDenied' },
    result: {
      outcomes: [
        { status: 'fulfilled', index: 0, key: 'a', value: 4 },
        { status: 'fulfilled', index: 1, key: 'b', value: 4 },
      ],
      fulfilledCount: 2,
    },
  });
});

test('getPrefix() tells a failing later page from a failing first one, also where the first gave nothing', async () => {
  await using server = await startBroken({ keys: [] });
  await using runtime = createParallel();
  await expect(
    createObjectReader(s3ClientOf(server.url)).getPrefix(runtime.io, { bucket: 'bucket', prefix: '' }),
  ).rejects.toMatchObject({
    name: 'ListingInterruptedError',
    result: { outcomes: [] },
  });
});

test('getPrefix() that has enough does not care for a page that it no longer needs', async () => {
  await using server = await startBroken({ keys: ['a', 'b', 'c'] });
  await using runtime = createParallel();
  const result = await createObjectReader(s3ClientOf(server.url)).getPrefix(runtime.io, {
    bucket: 'bucket',
    prefix: '',
    concurrency: 1,
    minSuccessful: 1,
    use: async () => {
      // Until the second page has failed.
      await vi.waitFor(() => expect(server.requests.some(({ url }) => pageOf(url) === 'two')).toBe(true));
      for (let count = 0; count < 20; count += 1) await turn();
    },
  });
  expect(result).toMatchObject({ completionReason: 'min-successful-reached', fulfilledCount: 1, isInputExhausted: false });
});

/** Answers the first page, unless that hangs; the next one never. */
async function startHanging({ hangsAt }: { hangsAt: '' | 'two' }) {
  const hung = gate();
  const server = await startHttpServer((request, response) => {
    const page = pageOf(request.url);
    if (page === hangsAt) hung.open();
    else if (page === '') response.end(listing({ keys: ['a', 'b'], next: 'two' }));
    else response.end('body');
  });
  return { server, hung: hung.passed, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test.each(['', 'two'] as const)(
  'getPrefix() ends at the deadline and leaves no request behind when page "%s" hangs',
  async (hangsAt) => {
    await using scene = await startHanging({ hangsAt });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    await using runtime = createParallel({}, countdown(30_000));
    const client = s3ClientOf(scene.server.url);
    const got = createObjectReader(client).getPrefix(runtime.io, { bucket: 'bucket', prefix: '' });
    await scene.hung;
    const expected = hangsAt === '' ? [] : ['a', 'b'];
    while (runtime.statistics.io.fulfilledCount < expected.length) await turn();
    vi.advanceTimersByTime(29_500);
    const result = await got;
    expect(result).toMatchObject({ completionReason: 'deadline', isInputExhausted: false, fulfilledCount: expected.length });
    expect(result.outcomes.map(({ key }) => key)).toEqual(expected);
    const pool = await poolOf(client);
    while (busyCount(pool) > 0) await turn();
  },
);

test.each(['', 'two'] as const)(
  'getPrefix() ends when its signal aborts and leaves no request behind when page "%s" hangs',
  async (hangsAt) => {
    await using scene = await startHanging({ hangsAt });
    await using runtime = createParallel();
    const client = s3ClientOf(scene.server.url);
    const controller = new AbortController();
    const got = createObjectReader(client).getPrefix(runtime.io, { bucket: 'bucket', prefix: '', signal: controller.signal });
    await scene.hung;
    controller.abort();
    expect(await got).toMatchObject({ completionReason: 'aborted', isInputExhausted: false });
    const pool = await poolOf(client);
    while (busyCount(pool) > 0) await turn();
  },
);

test('getPrefix() that stops early leaves no request behind', async () => {
  await using scene = await startHanging({ hangsAt: 'two' });
  await using runtime = createParallel();
  const client = s3ClientOf(scene.server.url);
  const got = createObjectReader(client).getPrefix(runtime.io, { bucket: 'bucket', prefix: '', minSuccessful: 2 });
  await scene.hung;
  expect(await got).toMatchObject({ completionReason: 'min-successful-reached', fulfilledCount: 2 });
  const pool = await poolOf(client);
  while (busyCount(pool) > 0) await turn();
});

test('getPrefix() with a signal that has aborted lists nothing', async () => {
  await using server = await startHttpServer((_, response) => void response.end(listing({ keys: [] })));
  await using runtime = createParallel();
  const options = { bucket: 'bucket', prefix: '', signal: AbortSignal.abort() };
  const result = await createObjectReader(s3ClientOf(server.url)).getPrefix(runtime.io, options);
  expect(result).toMatchObject({ outcomes: [], completionReason: 'aborted' });
  expect(server.requests).toHaveLength(0);
});

test('getPrefix() aborts downloads in flight at the deadline and gives each its key', async () => {
  await using embedded = await startEmbeddedS3();
  await putKeys(embedded.s3, ['a', 'b', 'c']);
  embedded.aws.configure('s3', { faults: [{ operation: 'GetObject', answer: 'hang' }] });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  await using runtime = createParallel({}, countdown(30_000));
  const got = createObjectReader(embedded.s3).getPrefix(runtime.io, { bucket: 'bucket', prefix: '', concurrency: 2 });
  while (runtime.statistics.io.runningCount < 2) await turn();
  vi.advanceTimersByTime(29_500);
  const result = await got;
  expect(result.completionReason).toBe('deadline');
  expect(result.outcomes).toMatchObject([
    { key: 'a', status: 'rejected', reason: expect.any(DeadlineExceededError) },
    { key: 'b', status: 'rejected', reason: expect.any(DeadlineExceededError) },
  ]);
});

test.each([
  ['an empty bucket', { bucket: '' }, TypeError, 'bucket must be a string that is not empty'],
  ['no prefix', { prefix: undefined }, TypeError, "prefix must be a string, '' for all"],
  ['a prefix that is no string', { prefix: 7 }, TypeError, 'prefix must be a string'],
  ['a filter that is none', { filter: '*.jpg' }, TypeError, 'filter must be a function'],
  ['a `use` that is no function', { use: 'body' }, TypeError, 'use must be a function'],
  ['an unknown option', { suffix: '.jpg' }, TypeError, '"suffix" is unknown'],
  ['concurrency 0', { concurrency: 0 }, RangeError, 'concurrency'],
  ['a percentage of who knows how many', { toleratedFailurePercentage: 5 }, TypeError, 'toleratedFailurePercentage'],
])('getPrefix() refuses %s before any request', async (_, options, kind, message) => {
  await using server = await startHttpServer((_request, response) => void response.end(listing({ keys: [] })));
  await using runtime = createParallel();
  const reader = createObjectReader(s3ClientOf(server.url));
  const got = reader.getPrefix(runtime.io, { bucket: 'bucket', prefix: '', ...options } as never);
  await expect(got).rejects.toThrow(kind);
  await expect(got).rejects.toThrow(message);
  expect(server.requests).toHaveLength(0);
});
