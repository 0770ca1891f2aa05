import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformanceTargets, type StartedTarget, type TargetName } from '../../helpers/targets.ts';

/** Where a target is known to answer otherwise than S3: the case must fail there, so that we learn when it no longer does. */
type Differs = Partial<Record<TargetName, string>>;
type Scene = { readonly s3: S3Client; readonly bucket: string };

const MIB = 1024 * 1024;
const part5 = randomBytes(5 * MIB);

for (const target of conformanceTargets()) {
  describe.skipIf(target.skipped !== undefined)(`S3 of ${target.name}`, () => {
    let started: StartedTarget;
    let s3: S3Client;
    const bucket = `conformance-${randomUUID()}`;

    beforeAll(async () => {
      started = await target.start();
      s3 = new S3Client({ ...started.clientConfig, maxAttempts: 2 });
      await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    });

    afterAll(async () => {
      if (started === undefined) return;
      await emptyAndDelete(s3, bucket);
      s3.destroy();
      await started.close();
    });

    function behaviour(name: string, run: (scene: Scene) => Promise<void>, differs: Differs = {}): void {
      const reason = differs[target.name];
      if (reason === undefined) test(name, () => run({ s3, bucket }));
      else test.fails(`${name} [${target.name} differs: ${reason}]`, () => run({ s3, bucket }));
    }

    behaviour('PutObject and GetObject give back bytes, type, metadata and an MD5 as ETag', async ({ s3, bucket }) => {
      const body = randomBytes(1000);
      const put = await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: 'put/all',
          Body: body,
          ContentType: 'image/x-test',
          CacheControl: 'max-age=5',
          ContentDisposition: 'attachment',
          ContentEncoding: 'x-own',
          ContentLanguage: 'de',
          Metadata: { one: 'first', two: 'second value' },
        }),
      );
      expect(put.ETag).toBe(etagOf(body));
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'put/all' }));
      expect(Buffer.from(await bytesOf(got))).toEqual(body);
      expect(got).toMatchObject({
        ETag: etagOf(body),
        ContentLength: 1000,
        ContentType: 'image/x-test',
        CacheControl: 'max-age=5',
        ContentDisposition: 'attachment',
        ContentEncoding: 'x-own',
        ContentLanguage: 'de',
        Metadata: { one: 'first', two: 'second value' },
        AcceptRanges: 'bytes',
      });
      expect(Math.abs(Date.now() - (got.LastModified?.getTime() ?? 0))).toBeLessThan(600_000);
    });

    behaviour('PutObject without a type stores one of the two that S3 uses', async ({ s3, bucket }) => {
      await put(s3, bucket, 'put/untyped', 'x');
      const { ContentType: type } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'put/untyped' }));
      expect(['binary/octet-stream', 'application/octet-stream']).toContain(type);
    });

    behaviour('PutObject stores an empty object', async ({ s3, bucket }) => {
      await put(s3, bucket, 'put/empty', '');
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'put/empty' }));
      expect(got.ContentLength).toBe(0);
      expect(got.ETag).toBe('"d41d8cd98f00b204e9800998ecf8427e"');
      expect(await textOf(got)).toBe('');
    });

    behaviour('PutObject takes a stream, which the SDK sends as aws-chunked with a trailer', async ({ s3, bucket }) => {
      const body = randomBytes(300_000);
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: 'put/stream', Body: streamOf(body), ContentLength: body.length }),
      );
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'put/stream' }));
      expect(got.ContentEncoding).toBeUndefined();
      expect(Buffer.from(await bytesOf(got))).toEqual(body);
    });

    behaviour('PutObject replaces what was there', async ({ s3, bucket }) => {
      await put(s3, bucket, 'put/twice', 'first');
      await put(s3, bucket, 'put/twice', 'second');
      expect(await text(s3, bucket, 'put/twice')).toBe('second');
    });

    behaviour(
      'PutObject refuses a wrong Content-MD5',
      async ({ s3, bucket }) => {
        const ContentMD5 = createHash('md5').update('other').digest('base64');
        await expectError(
          s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'put/md5', Body: 'x', ContentMD5 })),
          'BadDigest',
          400,
        );
        await expectMissing(s3, bucket, 'put/md5');
      },
      { moto: 'it does not verify the MD5' },
    );

    behaviour(
      'PutObject refuses a wrong checksum',
      async ({ s3, bucket }) => {
        await expectError(
          s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'put/crc', Body: 'x', ChecksumCRC32: 'AAAAAA==' })),
          'BadDigest',
          400,
        );
        await expectMissing(s3, bucket, 'put/crc');
      },
      { moto: 'it does not verify checksums' },
    );

    behaviour('PutObject with If-None-Match: * does not replace', async ({ s3, bucket }) => {
      const command = { Bucket: bucket, Key: 'put/once', Body: 'x', IfNoneMatch: '*' };
      await s3.send(new PutObjectCommand(command));
      await expectError(s3.send(new PutObjectCommand(command)), 'PreconditionFailed', 412);
    });

    behaviour('PutObject with If-Match replaces only what it names', async ({ s3, bucket }) => {
      await put(s3, bucket, 'put/match', 'x');
      const command = { Bucket: bucket, Key: 'put/match', Body: 'y' };
      await expectError(s3.send(new PutObjectCommand({ ...command, IfMatch: etagOf('other') })), 'PreconditionFailed', 412);
      await s3.send(new PutObjectCommand({ ...command, IfMatch: etagOf('x') }));
      expect(await text(s3, bucket, 'put/match')).toBe('y');
    });

    behaviour('PutObject into no bucket is NoSuchBucket', async ({ s3 }) => {
      const Bucket = `no-such-${randomUUID()}`;
      await expectError(s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' })), 'NoSuchBucket', 404);
    });

    behaviour(
      'PutObject refuses a key of more than 1,024 bytes',
      async ({ s3, bucket }) => {
        await put(s3, bucket, 'k'.repeat(1024), 'x');
        await expectError(put(s3, bucket, 'ü'.repeat(513), 'x'), 'KeyTooLongError', 400);
      },
      { moto: 'it has no limit' },
    );

    for (const Key of [
      'a b',
      'a+b',
      'double//slash',
      'ü/日本/😀',
      '100%',
      'a%2Fb',
      "quote'(!)*",
      'a&b=<c>',
      'trailing/',
      '..ü',
    ]) {
      behaviour(`PutObject, GetObject and ListObjectsV2 keep the key ${JSON.stringify(Key)}`, async ({ s3, bucket }) => {
        const prefix = `keys-${randomUUID()}/`;
        await put(s3, bucket, prefix + Key, Key);
        expect(await text(s3, bucket, prefix + Key)).toBe(Key);
        const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
        expect(list.Contents?.map((object) => object.Key)).toEqual([prefix + Key]);
      });
    }

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

    test.each([
      ['bytes=0-3', '0123', 'bytes 0-3/10'],
      ['bytes=4-', '456789', 'bytes 4-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=-20', '0123456789', 'bytes 0-9/10'],
      ['bytes=8-99', '89', 'bytes 8-9/10'],
    ])('GetObject of the range %s answers 206', async (Range, expected, contentRange) => {
      await put(s3, bucket, 'range', '0123456789');
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'range', Range }));
      expect(await textOf(got)).toBe(expected);
      expect(got).toMatchObject({ ContentRange: contentRange, ContentLength: expected.length });
      expect(got.$metadata.httpStatusCode).toBe(206);
    });

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
      { moto: 'it obeys overrides in presigned URLs only' },
    );

    behaviour('GetObject gives back the checksum that was put, when asked', async ({ s3, bucket }) => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'checksum', Body: 'x', ChecksumAlgorithm: 'SHA256' }));
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'checksum', ChecksumMode: 'ENABLED' }));
      expect(got.ChecksumSHA256).toBe(createHash('sha256').update('x').digest('base64'));
      expect(await textOf(got)).toBe('x');
    });

    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      behaviour(`PutObject verifies ${ChecksumAlgorithm}`, async ({ s3, bucket }) => {
        const result = await s3.send(
          new PutObjectCommand({ Bucket: bucket, Key: `sum/${ChecksumAlgorithm}`, Body: '123456789', ChecksumAlgorithm }),
        );
        expect(result[`Checksum${ChecksumAlgorithm}`]).toBe(CHECKSUMS_OF_123456789[ChecksumAlgorithm]);
      });
    }

    behaviour('DeleteObject succeeds whether the key is there or not', async ({ s3, bucket }) => {
      await put(s3, bucket, 'delete', 'x');
      for (let time = 0; time < 2; time += 1) {
        const { $metadata } = await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'delete' }));
        expect($metadata.httpStatusCode).toBe(204);
      }
      await expectMissing(s3, bucket, 'delete');
    });

    behaviour(
      'DeleteObjects answers per key, and nothing when quiet',
      async ({ s3, bucket }) => {
        const keys = ['many/1', 'many/ü &<>', 'many/ 3 '];
        for (const key of keys) await put(s3, bucket, key, 'x');
        const Objects = [...keys, 'many/none'].map((Key) => ({ Key }));
        const loud = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
        expect(loud.Deleted?.map(({ Key }) => Key).sort()).toEqual([...keys, 'many/none'].sort());
        const quiet = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
        expect(quiet.Deleted ?? []).toEqual([]);
        expect(await keysOf(s3, bucket, 'many/')).toEqual([]);
      },
      { moto: 'it ignores Quiet' },
    );

    behaviour('CopyObject copies bytes and metadata, or replaces the metadata', async ({ s3, bucket }) => {
      const Key = 'copy/from ü+&';
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x', ContentType: 'text/a', Metadata: { a: '1' } }));
      const CopySource = `${bucket}/${encodeURIComponent(Key)}`;
      const copied = await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy/to', CopySource }));
      expect(copied.CopyObjectResult?.ETag).toBe(etagOf('x'));
      const first = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'copy/to' }));
      expect(await textOf(first)).toBe('x');
      expect(first).toMatchObject({ ContentType: 'text/a', Metadata: { a: '1' } });
      const change = { MetadataDirective: 'REPLACE', ContentType: 'text/b', Metadata: { b: '2' } } as const;
      await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy/to', CopySource, ...change }));
      const second = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'copy/to' }));
      expect(second).toMatchObject({ ContentType: 'text/b', Metadata: { b: '2' } });
    });

    behaviour(
      'CopyObject obeys conditions on its source',
      async ({ s3, bucket }) => {
        await put(s3, bucket, 'copy/source', 'x');
        const command = { Bucket: bucket, Key: 'copy/conditional', CopySource: `${bucket}/copy/source` };
        await expectError(
          s3.send(new CopyObjectCommand({ ...command, CopySourceIfMatch: etagOf('y') })),
          'PreconditionFailed',
          412,
        );
        await expectError(
          s3.send(new CopyObjectCommand({ ...command, CopySourceIfNoneMatch: etagOf('x') })),
          'PreconditionFailed',
          412,
        );
        await expectMissing(s3, bucket, 'copy/conditional');
        await s3.send(new CopyObjectCommand({ ...command, CopySourceIfMatch: etagOf('x') }));
        expect(await text(s3, bucket, 'copy/conditional')).toBe('x');
      },
      { moto: 'it ignores the conditions' },
    );

    behaviour('CopyObject onto itself without a change is refused, from nothing is NoSuchKey', async ({ s3, bucket }) => {
      await put(s3, bucket, 'copy/self', 'x');
      const command = { Bucket: bucket, Key: 'copy/self' };
      await expectError(s3.send(new CopyObjectCommand({ ...command, CopySource: `${bucket}/copy/self` })), 'InvalidRequest', 400);
      await expectError(s3.send(new CopyObjectCommand({ ...command, CopySource: `${bucket}/none` })), 'NoSuchKey', 404);
    });

    behaviour('ListObjectsV2 lists in the order of UTF-8 bytes', async ({ s3, bucket }) => {
      // U+FF5E is before U+1F600 in UTF-8, after it in UTF-16.
      const keys = ['order/A', 'order/Z', 'order/a', 'order/a!', 'order/a/', 'order/ü', 'order/～', 'order/😀'];
      for (const key of keys.toReversed()) await put(s3, bucket, key, 'x');
      expect(await keysOf(s3, bucket, 'order/')).toEqual(keys);
    });

    behaviour('ListObjectsV2 pages, and each key comes once', async ({ s3, bucket }) => {
      const keys = Array.from({ length: 7 }, (_, index) => `page/${index}`);
      for (const Key of keys) await put(s3, bucket, Key, 'x');
      const pages: (string | undefined)[][] = [];
      for await (const page of paginateListObjectsV2({ client: s3, pageSize: 3 }, { Bucket: bucket, Prefix: 'page/' })) {
        expect(page.KeyCount).toBe(page.Contents?.length);
        pages.push((page.Contents ?? []).map((object) => object.Key));
      }
      expect(pages).toEqual([keys.slice(0, 3), keys.slice(3, 6), keys.slice(6)]);
    });

    behaviour('ListObjectsV2 is not truncated by a page that is exactly full', async ({ s3, bucket }) => {
      for (const key of ['full/1', 'full/2']) await put(s3, bucket, key, 'x');
      const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'full/', MaxKeys: 2 }));
      expect(list).toMatchObject({ KeyCount: 2, IsTruncated: false });
      expect(list.NextContinuationToken).toBeUndefined();
      const none = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'full/', MaxKeys: 0 }));
      expect(none).toMatchObject({ KeyCount: 0, IsTruncated: false, MaxKeys: 0 });
    });

    behaviour('ListObjectsV2 rolls keys up at the delimiter, across pages', async ({ s3, bucket }) => {
      for (const key of ['tree/a', 'tree/b/1', 'tree/b/2', 'tree/b/3', 'tree/c', 'tree/d/1']) await put(s3, bucket, key, 'x');
      const found: (string | undefined)[] = [];
      for await (const page of paginateListObjectsV2(
        { client: s3, pageSize: 1 },
        { Bucket: bucket, Prefix: 'tree/', Delimiter: '/' },
      )) {
        expect(page.KeyCount).toBe(1);
        found.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      }
      expect(found).toEqual(['tree/a', 'tree/b/', 'tree/c', 'tree/d/']);
    });

    behaviour('ListObjectsV2 starts after a key, there or not, and names the owner when asked', async ({ s3, bucket }) => {
      for (const key of ['after/1', 'after/2', 'after/3']) await put(s3, bucket, key, 'x');
      const command = { Bucket: bucket, Prefix: 'after/' };
      const list = await s3.send(new ListObjectsV2Command({ ...command, StartAfter: 'after/1', FetchOwner: true }));
      expect(list.Contents?.map(({ Key }) => Key)).toEqual(['after/2', 'after/3']);
      expect(list.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
      const middle = await s3.send(new ListObjectsV2Command({ ...command, StartAfter: 'after/15' }));
      expect(middle.Contents?.map(({ Key }) => Key)).toEqual(['after/2', 'after/3']);
      expect(middle.Contents?.[0]?.Owner).toBeUndefined();
    });

    behaviour(
      'ListObjectsV2 encodes keys as in a URL when asked',
      async ({ s3, bucket }) => {
        await put(s3, bucket, 'encoded/a b+ü', 'x');
        const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'encoded/', EncodingType: 'url' }));
        expect(list.Contents?.[0]?.Key).toBe('encoded/a+b%2B%C3%BC');
      },
      { moto: 'a space becomes %20' },
    );

    behaviour('ListObjectsV2 tells ETag, size and storage class', async ({ s3, bucket }) => {
      await put(s3, bucket, 'entry', 'abc');
      const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'entry' }));
      expect(list.Contents?.[0]).toMatchObject({ Key: 'entry', Size: 3, ETag: etagOf('abc'), StorageClass: 'STANDARD' });
    });

    behaviour(
      'ListObjectsV2 refuses a continuation token that is none',
      async ({ s3, bucket }) => {
        await expectError(
          s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: 'none' })),
          'InvalidArgument',
          400,
        );
      },
      { moto: 'its answer is no XML' },
    );

    behaviour(
      'ListObjects, version 1, pages by marker',
      async ({ s3, bucket }) => {
        for (const key of ['v1/a', 'v1/b/1', 'v1/b/2', 'v1/c']) await put(s3, bucket, key, 'x');
        const command = { Bucket: bucket, Prefix: 'v1/', Delimiter: '/', MaxKeys: 2 };
        const first = await s3.send(new ListObjectsCommand(command));
        expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'v1/b/', CommonPrefixes: [{ Prefix: 'v1/b/' }] });
        const second = await s3.send(new ListObjectsCommand({ ...command, Marker: 'v1/b/' }));
        expect(second.Contents?.map(({ Key }) => Key)).toEqual(['v1/c']);
        expect(second.CommonPrefixes).toBeUndefined();
      },
      { moto: 'max-keys does not count common prefixes' },
    );

    behaviour('A multipart upload becomes one object, with the ETag of its parts', async ({ s3, bucket }) => {
      const upload = await startUpload(s3, bucket, 'multi/whole', { ContentType: 'text/multi', Metadata: { a: '1' } });
      const parts = [await upload.part(1, part5), await upload.part(2, Buffer.from('tail'))];
      await expectMissing(s3, bucket, 'multi/whole');
      const listed = await s3.send(new ListPartsCommand(upload.target));
      expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
        [1, 5 * MIB],
        [2, 4],
      ]);
      const done = await upload.complete(parts);
      const md5s = [part5, Buffer.from('tail')].map((bytes) => createHash('md5').update(bytes).digest());
      expect(done.ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`);
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'multi/whole' }));
      expect(got).toMatchObject({ ContentLength: 5 * MIB + 4, ContentType: 'text/multi', Metadata: { a: '1' }, ETag: done.ETag });
      expect(Buffer.from(await bytesOf(got)).equals(Buffer.concat([part5, Buffer.from('tail')]))).toBe(true);
      const across = { Bucket: bucket, Key: 'multi/whole', Range: `bytes=${5 * MIB - 2}-${5 * MIB + 1}` };
      const range = await bytesOf(await s3.send(new GetObjectCommand(across)));
      expect(Buffer.from(range)).toEqual(Buffer.concat([part5.subarray(-2), Buffer.from('ta')]));
    });

    behaviour(
      'GetObject and HeadObject of a part number answer that part and the number of parts',
      async ({ s3, bucket }) => {
        const upload = await startUpload(s3, bucket, 'multi/parts');
        await upload.complete([await upload.part(1, part5), await upload.part(2, Buffer.from('tail'))]);
        const command = { Bucket: bucket, Key: 'multi/parts' };
        const got = await s3.send(new GetObjectCommand({ ...command, PartNumber: 2 }));
        expect(got).toMatchObject({
          PartsCount: 2,
          ContentLength: 4,
          ContentRange: `bytes ${5 * MIB}-${5 * MIB + 3}/${5 * MIB + 4}`,
        });
        expect(got.$metadata.httpStatusCode).toBe(206);
        expect(await textOf(got)).toBe('tail');
        const head = await s3.send(new HeadObjectCommand({ ...command, PartNumber: 1 }));
        expect(head).toMatchObject({ PartsCount: 2, ContentLength: 5 * MIB });
        await expectStatus(s3.send(new HeadObjectCommand({ ...command, PartNumber: 3 })), 416);
      },
      { moto: 'GetObject answers the whole object' },
    );

    behaviour('UploadPart replaces an earlier part of its number', async ({ s3, bucket }) => {
      const upload = await startUpload(s3, bucket, 'multi/again');
      await upload.part(1, Buffer.from('first'));
      await upload.complete([await upload.part(1, Buffer.from('second'))]);
      expect(await text(s3, bucket, 'multi/again')).toBe('second');
    });

    behaviour(
      'CompleteMultipartUpload refuses a wrong part, a wrong order and a small part',
      async ({ s3, bucket }) => {
        const upload = await startUpload(s3, bucket, 'multi/wrong');
        const parts = [await upload.part(1, Buffer.from('small')), await upload.part(2, Buffer.from('tail'))];
        const [first, second] = parts as [(typeof parts)[0], (typeof parts)[0]];
        await expectError(upload.complete([{ ...first, ETag: etagOf('other') }]), 'InvalidPart', 400);
        await expectError(upload.complete([{ ...first, PartNumber: 7 }]), 'InvalidPart', 400);
        await expectError(upload.complete([second, first]), 'InvalidPartOrder', 400);
        await expectError(upload.complete([first, second]), 'EntityTooSmall', 400);
        await expectMissing(s3, bucket, 'multi/wrong');
        await upload.complete([second]);
        expect(await text(s3, bucket, 'multi/wrong')).toBe('tail');
      },
      { moto: 'a small part is reported before a wrong order' },
    );

    behaviour(
      'CompleteMultipartUpload wants the checksum of each part, if the upload has a composite one',
      async ({ s3, bucket }) => {
        const upload = await startUpload(s3, bucket, 'multi/checksum', { ChecksumAlgorithm: 'SHA256' });
        const part = await upload.part(1, Buffer.from('x'), { ChecksumAlgorithm: 'SHA256' });
        await expectError(upload.complete([{ ETag: part.ETag, PartNumber: 1 }]), 'InvalidRequest', 400);
        const done = await upload.complete([part]);
        const digest = createHash('sha256').update('x').digest();
        expect(done.ChecksumSHA256).toBe(`${createHash('sha256').update(digest).digest('base64')}-1`);
      },
      { moto: 'it does not ask for them' },
    );

    behaviour(
      'AbortMultipartUpload leaves nothing, and the upload is then unknown',
      async ({ s3, bucket }) => {
        const upload = await startUpload(s3, bucket, 'multi/aborted');
        const part = await upload.part(1, Buffer.from('x'));
        const before = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'multi/aborted' }));
        expect(before.Uploads?.map(({ UploadId }) => UploadId)).toEqual([upload.target.UploadId]);
        await s3.send(new AbortMultipartUploadCommand(upload.target));
        const after = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'multi/aborted' }));
        expect(after.Uploads).toBeUndefined();
        await expectError(upload.complete([part]), 'NoSuchUpload', 404);
        await expectError(upload.part(2, Buffer.from('x')), 'NoSuchUpload', 404);
      },
      { moto: 'UploadPart to an aborted upload is an internal error' },
    );

    behaviour('UploadPartCopy takes a range of an object', async ({ s3, bucket }) => {
      await put(s3, bucket, 'multi/source', '0123456789');
      const upload = await startUpload(s3, bucket, 'multi/copied');
      const copy = { ...upload.target, PartNumber: 1, CopySource: `${bucket}/multi/source`, CopySourceRange: 'bytes=2-4' };
      const { CopyPartResult: result } = await s3.send(new UploadPartCopyCommand(copy));
      expect(result?.ETag).toBe(etagOf('234'));
      const { ETag, ChecksumCRC32 } = result ?? {};
      await upload.complete([{ PartNumber: 1, ETag, ChecksumCRC32 }]);
      expect(await text(s3, bucket, 'multi/copied')).toBe('234');
    });

    behaviour('CreateBucket, HeadBucket, ListBuckets and DeleteBucket', async ({ s3 }) => {
      const Bucket = `conformance-${randomUUID()}`;
      await expectStatus(s3.send(new HeadBucketCommand({ Bucket })), 404);
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new HeadBucketCommand({ Bucket }));
      const { Buckets: buckets } = await s3.send(new ListBucketsCommand({ Prefix: Bucket }));
      expect(buckets?.map(({ Name }) => Name)).toContain(Bucket);
      await put(s3, Bucket, 'x', 'x');
      await expectError(s3.send(new DeleteBucketCommand({ Bucket })), 'BucketNotEmpty', 409);
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
      await s3.send(new DeleteBucketCommand({ Bucket }));
      await expectError(s3.send(new ListObjectsV2Command({ Bucket })), 'NoSuchBucket', 404);
    });

    behaviour('GetBucketLocation of us-east-1 is empty', async ({ s3, bucket }) => {
      const { LocationConstraint: location } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
      expect(location ?? '').toBe(started.region === 'us-east-1' ? '' : started.region);
    });

    behaviour(
      'CreateBucket refuses a name that is none',
      async ({ s3 }) => {
        await expectError(s3.send(new CreateBucketCommand({ Bucket: 'Not_A_Bucket' })), 'InvalidBucketName', 400);
      },
      { moto: 'it takes upper case and underscores' },
    );
  });
}

/** The check values of the catalogue of CRCs, and of `sha1sum` and `sha256sum`. */
const CHECKSUMS_OF_123456789 = {
  CRC32: Buffer.from('cbf43926', 'hex').toString('base64'),
  CRC32C: Buffer.from('e3069283', 'hex').toString('base64'),
  CRC64NVME: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  SHA1: createHash('sha1').update('123456789').digest('base64'),
  SHA256: createHash('sha256').update('123456789').digest('base64'),
};

function etagOf(bytes: string | Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function put(s3: S3Client, Bucket: string, Key: string, Body: string): Promise<unknown> {
  return s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

async function text(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  return textOf(await s3.send(new GetObjectCommand({ Bucket, Key })));
}

type WithBody = { Body?: { transformToByteArray(): Promise<Uint8Array>; transformToString(): Promise<string> } | undefined };

async function textOf(got: WithBody): Promise<string> {
  return (await got.Body?.transformToString()) ?? '';
}

async function bytesOf(got: WithBody): Promise<Uint8Array> {
  return (await got.Body?.transformToByteArray()) ?? new Uint8Array();
}

/** In pieces of at least 8 KiB, which is S3's minimum for all but the last. */
function streamOf(bytes: Buffer): Readable {
  return Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
}

async function keysOf(s3: S3Client, Bucket: string, Prefix: string): Promise<(string | undefined)[]> {
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return objects.map(({ Key }) => Key);
}

async function expectError(run: Promise<unknown>, name: string, status: number): Promise<S3ServiceException> {
  const error = await run.then(
    () => expect.fail(`it succeeded, expected ${name}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(S3ServiceException);
  expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  return error as S3ServiceException;
}

async function expectStatus(run: Promise<unknown>, status: number): Promise<void> {
  await expect(run).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
}

function expectMissing(s3: S3Client, Bucket: string, Key: string): Promise<void> {
  return expectStatus(s3.send(new HeadObjectCommand({ Bucket, Key })), 404);
}

async function startUpload(s3: S3Client, Bucket: string, Key: string, options = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }));
  const target = { Bucket, Key, UploadId };
  return {
    target,
    async part(PartNumber: number, Body: Buffer, partOptions = {}) {
      const { $metadata, ...uploaded } = await s3.send(new UploadPartCommand({ ...target, PartNumber, Body, ...partOptions }));
      return { PartNumber, ...uploaded };
    },
    complete: (Parts: object[]) => s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } })),
  };
}

async function emptyAndDelete(s3: S3Client, Bucket: string): Promise<void> {
  const { Uploads: uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of uploads) await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  for await (const { Contents: objects = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key } of objects) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket }));
}
