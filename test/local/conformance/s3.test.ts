import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { AWKWARD_KEYS } from '../../helpers/awkward-keys.ts';
import {
  bytesOf,
  describeS3,
  etagOf,
  expectError,
  expectMissing,
  expectStatus,
  keysOf,
  put,
  text,
  textOf,
} from '../../helpers/s3-behaviours.ts';

describeS3('S3 writes and buckets', (behaviour) => {
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
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'put/stream', Body: streamOf(body), ContentLength: body.length }));
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

  for (const Key of ['a b', 'a+b', 'double//slash', 'ü/日本/😀', '100%', 'a%2Fb', "quote'(!)*", 'a&b=<c>', 'trailing/', '..ü']) {
    behaviour(`PutObject, GetObject and ListObjectsV2 keep the key ${JSON.stringify(Key)}`, async ({ s3, bucket }) => {
      const prefix = `keys-${randomUUID()}/`;
      await put(s3, bucket, prefix + Key, Key);
      expect(await text(s3, bucket, prefix + Key)).toBe(Key);
      const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      expect(list.Contents?.map((object) => object.Key)).toEqual([prefix + Key]);
    });
  }

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

  behaviour(
    'DeleteObjects deletes every key that PutObject takes',
    async ({ s3, bucket }) => {
      // The last ones are text that reads like an entity, and what the SDK writes as one.
      const more = ['&#10;', '&amp;#10;', '&amp;lt;', '&nbsp;', '\r', '\u0085', '\u2028'];
      const keys = [...AWKWARD_KEYS, ...more].map((key) => `awkward/${key}`);
      for (const key of keys) await put(s3, bucket, key, 'x');
      const Objects = keys.map((Key) => ({ Key }));
      const { Errors: errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      expect(errors).toEqual([]);
      const list = { Bucket: bucket, Prefix: 'awkward/', EncodingType: 'url' } as const;
      const { Contents: left = [] } = await s3.send(new ListObjectsV2Command(list));
      expect(left.map(({ Key }) => Key)).toEqual([]);
    },
    { moto: 'it does not take keys with a line end or a control character' },
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

  behaviour('GetBucketLocation of us-east-1 is empty', async ({ s3, bucket, region }) => {
    const { LocationConstraint: location } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    expect(location ?? '').toBe(region === 'us-east-1' ? '' : region);
  });

  behaviour(
    'CreateBucket refuses a name that is none',
    async ({ s3 }) => {
      await expectError(s3.send(new CreateBucketCommand({ Bucket: 'Not_A_Bucket' })), 'InvalidBucketName', 400);
    },
    { moto: 'it checks the length only' },
  );
});

/** The check values of the catalogue of CRCs, and of `sha1sum` and `sha256sum`. */
const CHECKSUMS_OF_123456789 = {
  CRC32: Buffer.from('cbf43926', 'hex').toString('base64'),
  CRC32C: Buffer.from('e3069283', 'hex').toString('base64'),
  CRC64NVME: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  SHA1: createHash('sha1').update('123456789').digest('base64'),
  SHA256: createHash('sha256').update('123456789').digest('base64'),
};

/** In pieces of at least 8 KiB, which is S3's minimum for all but the last. */
function streamOf(bytes: Buffer): Readable {
  return Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
}
