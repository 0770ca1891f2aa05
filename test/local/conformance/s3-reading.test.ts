import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { describeS3, etagOf, expectError, expectStatus, put, textOf } from '../../helpers/s3-behaviours.ts';

describeS3('S3 reading', (behaviour) => {
  behaviour('GetObject of no object is NoSuchKey with the key', async ({ s3, bucket }) => {
    const error = await expectError(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'none' })), 'NoSuchKey', 404);
    expect(error).toMatchObject({ Key: 'none' });
  });

  behaviour('HeadObject answers length and type without a body, and NotFound', async ({ s3, bucket }) => {
    await put(s3, bucket, 'head', 'twelve bytes');
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'head' }));
    expect(head).toMatchObject({ ContentLength: 12, ETag: etagOf('twelve bytes') });
    await expectError(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'none' })), 'NotFound', 404);
  });

  const ranges: [range: string, text: string, contentRange: string][] = [
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-20', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ];
  for (const [Range, expected, contentRange] of ranges) {
    behaviour(`GetObject of the range ${Range} answers 206`, async ({ s3, bucket }) => {
      await put(s3, bucket, 'range', '0123456789');
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'range', Range }));
      expect(await textOf(got)).toBe(expected);
      expect(got).toMatchObject({ ContentRange: contentRange, ContentLength: expected.length });
      expect(got.$metadata.httpStatusCode).toBe(206);
    });
  }

  behaviour('GetObject of a range past the end is InvalidRange', async ({ s3, bucket }) => {
    await put(s3, bucket, 'range', '0123456789');
    await expectError(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'range', Range: 'bytes=10-' })), 'InvalidRange', 416);
  });

  behaviour('GetObject of any range of an empty object is InvalidRange', async ({ s3, bucket }) => {
    await put(s3, bucket, 'range-empty', '');
    await expectError(
      s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'range-empty', Range: 'bytes=0-' })),
      'InvalidRange',
      416,
    );
  });

  behaviour('GetObject of several ranges answers the whole object', async ({ s3, bucket }) => {
    await put(s3, bucket, 'range', '0123456789');
    const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'range', Range: 'bytes=0-1,4-5' }));
    expect(got.$metadata.httpStatusCode).toBe(200);
    expect(await textOf(got)).toBe('0123456789');
  });

  behaviour('GetObject obeys If-Match and If-None-Match', async ({ s3, bucket }) => {
    await put(s3, bucket, 'conditions', 'x');
    const command = { Bucket: bucket, Key: 'conditions' };
    const [same, other] = [etagOf('x'), etagOf('y')];
    expect(await textOf(await s3.send(new GetObjectCommand({ ...command, IfMatch: same, IfNoneMatch: other })))).toBe('x');
    await expectError(s3.send(new GetObjectCommand({ ...command, IfMatch: other })), 'PreconditionFailed', 412);
    await expectStatus(s3.send(new GetObjectCommand({ ...command, IfNoneMatch: same })), 304);
    await expectStatus(s3.send(new HeadObjectCommand({ ...command, IfNoneMatch: same })), 304);
  });

  behaviour('GetObject obeys If-Modified-Since and If-Unmodified-Since', async ({ s3, bucket }) => {
    await put(s3, bucket, 'conditions', 'x');
    const command = { Bucket: bucket, Key: 'conditions' };
    const { LastModified: modified } = await s3.send(new HeadObjectCommand(command));
    const before = new Date((modified?.getTime() ?? 0) - 60_000);
    await expectStatus(s3.send(new GetObjectCommand({ ...command, IfModifiedSince: modified })), 304);
    await expectError(s3.send(new GetObjectCommand({ ...command, IfUnmodifiedSince: before })), 'PreconditionFailed', 412);
    const got = await s3.send(new GetObjectCommand({ ...command, IfModifiedSince: before, IfUnmodifiedSince: modified }));
    expect(await textOf(got)).toBe('x');
  });

  behaviour(
    'GetObject lets the ETag decide over the date',
    async ({ s3, bucket }) => {
      await put(s3, bucket, 'conditions', 'x');
      const command = { Bucket: bucket, Key: 'conditions' };
      const { LastModified: modified } = await s3.send(new HeadObjectCommand(command));
      const before = new Date((modified?.getTime() ?? 0) - 60_000);
      const got = await s3.send(new GetObjectCommand({ ...command, IfMatch: etagOf('x'), IfUnmodifiedSince: before }));
      expect(await textOf(got)).toBe('x');
      await expectStatus(s3.send(new GetObjectCommand({ ...command, IfNoneMatch: etagOf('x'), IfModifiedSince: before })), 304);
    },
    { moto: 'the date fails a request whose If-Match holds' },
  );

  behaviour(
    'GetObject overrides headers of the answer',
    async ({ s3, bucket }) => {
      await put(s3, bucket, 'override', 'x');
      const got = await s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: 'override',
          ResponseContentType: 'text/own',
          ResponseCacheControl: 'no-store',
        }),
      );
      expect(got).toMatchObject({ ContentType: 'text/own', CacheControl: 'no-store' });
      expect(await textOf(got)).toBe('x');
    },
    { moto: 'it ignores them' },
  );

  behaviour('GetObject gives back the checksum that was put, when asked', async ({ s3, bucket }) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'checksum', Body: 'x', ChecksumAlgorithm: 'SHA256' }));
    const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'checksum', ChecksumMode: 'ENABLED' }));
    expect(got.ChecksumSHA256).toBe(createHash('sha256').update('x').digest('base64'));
    expect(await textOf(got)).toBe('x');
  });
});
